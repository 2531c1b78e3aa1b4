-- Every statement as it is sent; of the code ded93992105e2dc0

-- src/api/contacts/store/statements.ts
select c.id, c.location_id as "locationId", c.type,
c.first_name as "firstName", c.last_name as "lastName", c.email, c.phone,
c.phone_label as "phoneLabel", c.additional_emails as "additionalEmails",
c.additional_phones as "additionalPhones", c.company_name as "companyName",
c.business_id as "businessId", c.address1, c.city, c.state, c.postal_code as "postalCode",
c.country, c.timezone, c.website, c.gender, c.date_of_birth as "dateOfBirth", c.source, c.tags,
c.assigned_to as "assignedTo", c.followers, c.dnd, c.dnd_settings as "dndSettings",
c.inbound_dnd_settings as "inboundDndSettings", c.custom_fields as "customFields",
c.attribution_source as "attributionSource",
c.last_attribution_source as "lastAttributionSource", c.created_by as "createdBy",
c.last_updated_by as "lastUpdatedBy", c.valid_email as "validEmail",
c.valid_email_date as "validEmailDate", c.bounce_email as "bounceEmail",
c.unsubscribe_email as "unsubscribeEmail",
c.last_session_activity_at as "lastSessionActivityAt", c.created_at as "dateAdded",
c.updated_at as "dateUpdated", c.index_version as version from contacts c
  where c.location_id = $1 and c.id = $2 and c.deleted_at is null;
