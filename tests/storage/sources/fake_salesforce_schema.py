"""What the objects of the fake Salesforce are made of: fields by name, each with its type.

Names and types are those of Salesforce's object reference. A reference names the relationship.
"""

COMMON = {
    "Id": "id", "IsDeleted": "boolean", "SystemModstamp": "datetime", "CreatedDate": "datetime",
    "LastModifiedDate": "datetime",
}  # fmt: skip
OWNED = {"OwnerId": "reference", "Owner.Email": "string", "Owner.Name": "string"}
OBJECTS = {
    "Organization": {"Name": "string", "TimeZoneSidKey": "picklist"},
    "Account": {
        "Name": "string", "AccountNumber": "string", "Website": "url", "BillingCountry": "string",
        "Industry": "picklist", "AnnualRevenue": "currency", "MasterRecordId": "reference", **OWNED,
    },
    "Contact": {
        "AccountId": "reference", "Email": "email", "HasOptedOutOfEmail": "boolean",
        "MasterRecordId": "reference", **OWNED,
    },
    "Opportunity": {
        "AccountId": "reference", "Name": "string", "Type": "picklist", "StageName": "picklist",
        "Amount": "currency", "CloseDate": "date", "IsClosed": "boolean", "IsWon": "boolean",
        "Renewal_Date__c": "date", **OWNED,
    },
    "Contract": {
        "AccountId": "reference", "ContractNumber": "string", "StartDate": "date",
        "EndDate": "date", "Status": "picklist", "StatusCode": "picklist",
        "Notice_Days__c": "double", "Monthly__c": "currency", **OWNED,
    },
    "Case": {
        "AccountId": "reference", "CaseNumber": "string", "Subject": "string",
        "Status": "picklist", "Priority": "picklist", "ClosedDate": "datetime", **OWNED,
    },
    "Task": {
        "AccountId": "reference", "TaskSubtype": "picklist", "Type": "picklist",
        "IsClosed": "boolean", "IsRecurrence": "boolean", "CallType": "picklist",
        "ActivityDate": "date", "CompletedDateTime": "datetime", **OWNED,
    },
    "Event": {
        "AccountId": "reference", "StartDateTime": "datetime", "ActivityDate": "date",
        "IsChild": "boolean", "IsRecurrence": "boolean", **OWNED,
    },
    "Product2": {
        "Name": "string", "ProductCode": "string", "Family": "picklist",
        "QuantityUnitOfMeasure": "picklist", "IsActive": "boolean",
    },
    "Order": {
        "AccountId": "reference", "OrderNumber": "string", "Status": "picklist",
        "StatusCode": "picklist", "EffectiveDate": "date", "ActivatedDate": "datetime",
        "TotalAmount": "currency", **OWNED,
    },
    "OrderItem": {
        "OrderId": "reference", "OrderItemNumber": "string", "Product2Id": "reference",
        "Quantity": "double", "UnitPrice": "currency",
    },
    "NPS__c": {"Account__c": "reference", "Score__c": "double", "Comment__c": "string"},
}  # fmt: skip
PREFIXES = {
    "Account": "001", "Contact": "003", "Opportunity": "006", "Contract": "800", "Case": "500",
    "Task": "00T", "Event": "00U", "Product2": "01t", "Order": "801", "OrderItem": "802",
    "NPS__c": "a01", "Organization": "00D",
}  # fmt: skip


def described(name, fields):
    """The answer to a describe, of the fields that are not hidden."""
    told = []
    for field, kind in fields.items():
        if "." in field:
            continue
        told.append({
            "name": field, "type": kind, "label": field, "filterable": True, "sortable": True,
            "relationshipName": relation(field) if kind == "reference" else None,
        })  # fmt: skip
    return {"name": name, "label": name, "queryable": True, "replicateable": True, "fields": told}


def relation(field):
    """What the record is called that a reference points to."""
    return field.removesuffix("Id") if field.endswith("Id") else field.replace("__c", "__r")
