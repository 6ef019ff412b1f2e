"""What lies in the services that CAP serves: a little of everything, and 451 purchase orders."""

PURCHASE, SALES = "API_PURCHASEORDER_PROCESS_SRV", "API_SALES_ORDER_SRV"
DOCUMENT, PRODUCT = "API_MATERIAL_DOCUMENT_SRV", "API_PRODUCT_SRV"
PARTNER, DELIVERY = "API_BUSINESS_PARTNER", "API_OUTBOUND_DELIVERY_SRV"
MAKE, STOCK, BILL = (
    "API_PRODUCTION_ORDER_2_SRV", "API_MATERIAL_STOCK_SRV", "API_BILLING_DOCUMENT_SRV",
)  # fmt: skip
CHANGED = {"4500000002": "2026-01-07T00:00:30Z"}


def order(number):
    return {
        "PurchaseOrder": number, "Supplier": "0000001000", "PurchaseOrderDate": "2026-01-05",
        "LastChangeDateTime": CHANGED.get(number, "2026-01-06T10:00:00Z"),
        "PurchasingDocumentDeletionCode": "", "ValidityEndDate": "2026-12-31",
    }  # fmt: skip


def receipt(document, on, clock, qty):
    header = {"MaterialDocumentYear": "2026", "MaterialDocument": document, "PostingDate": on,
              "CreationDate": on, "CreationTime": clock}  # fmt: skip
    item = {
        "MaterialDocumentYear": "2026", "MaterialDocument": document,
        "MaterialDocumentItem": "0001", "GoodsMovementType": "101", "Material": "42",
        "PurchaseOrder": "4500000001", "PurchaseOrderItem": "00010", "QuantityInBaseUnit": qty,
        "Plant": "1010", "Supplier": "1000",
    }  # fmt: skip
    return header, item


RECEIPTS = [receipt("5000000001", "2026-02-10", "10:00:00", "60"),
            receipt("5000000002", "2026-02-11", "10:30:00", "0.5")]  # fmt: skip
USED = {**RECEIPTS[0][1], "MaterialDocumentItem": "0002", "GoodsMovementType": "261",
        "PurchaseOrder": "", "PurchaseOrderItem": "", "ManufacturingOrder": "1000001"}  # fmt: skip
LINE = {"SalesOrder": "7", "SalesOrderItem": "10"}
SEEDS = {
    f"{PURCHASE}.A_PurchaseOrder": [order(f"{4_500_000_001 + n}") for n in range(451)],
    f"{PURCHASE}.A_PurchaseOrderItem": [{
        "PurchaseOrder": "4500000001", "PurchaseOrderItem": "00010", "Material": "42",
        "OrderQuantity": "5", "PurchaseOrderQuantityUnit": "CAR", "NetPriceAmount": "30",
        "NetPriceQuantity": "1", "Plant": "1010", "IsCompletelyDelivered": "false",
        "GoodsReceiptIsExpected": "true", "PurchasingDocumentDeletionCode": "",
    }, {
        "PurchaseOrder": "4500000001", "PurchaseOrderItem": "00020", "Material": "42",
        "OrderQuantity": "5", "PurchaseOrderQuantityUnit": "PC", "Plant": "1010",
        "IsCompletelyDelivered": "true", "PurchasingDocumentDeletionCode": "",
    }],
    f"{PURCHASE}.A_PurchaseOrderScheduleLine": [{
        "PurchasingDocument": "4500000001", "PurchasingDocumentItem": "00010",
        "ScheduleLine": "0001", "ScheduleLineDeliveryDate": "2026-02-09",
        "SchedLineStscDeliveryDate": "2026-02-01", "ScheduleLineOrderQuantity": "5",
    }],
    f"{DOCUMENT}.A_MaterialDocumentHeader": [header for header, _ in RECEIPTS],
    f"{DOCUMENT}.A_MaterialDocumentItem": [*(item for _, item in RECEIPTS), USED],
    f"{SALES}.A_SalesOrder": [{
        "SalesOrder": "7", "SoldToParty": "2000", "SalesOrderDate": "2026-01-05",
        "LastChangeDateTime": "2026-01-06T10:00:00Z", "TotalNetAmount": "12.5",
    }],
    f"{SALES}.A_SalesOrderItem": [{**LINE, "Material": "42", "RequestedQuantity": "3",
                                   "RequestedQuantityUnit": "PC", "DeliveryStatus": "A"}],
    f"{SALES}.A_SalesOrderScheduleLine": [{
        **LINE, "ScheduleLine": "0001", "RequestedDeliveryDate": "2026-01-20",
        "ConfirmedDeliveryDate": "2026-01-22", "ScheduleLineOrderQuantity": "3",
        "ConfdOrderQtyByMatlAvailCheck": "3",
    }],
    f"{PRODUCT}.A_Product": [{"Product": "42", "ProductType": "FERT", "BaseUnit": "PC",
                              "LastChangeDateTime": "2026-01-06T10:00:00Z"}],
    f"{PRODUCT}.A_ProductDescription": [{"Product": "42", "Language": "EN",
                                         "ProductDescription": "Pump"}],
    f"{PRODUCT}.A_ProductValuation": [{
        "Product": "42", "ValuationArea": "1010", "ValuationType": "", "StandardPrice": "250",
        "PriceUnitQty": "100", "Currency": "EUR", "InventoryValuationProcedure": "S",
    }],
    f"{PRODUCT}.A_ProductUnitsOfMeasure": [
        {"Product": "42", "AlternativeUnit": unit, "QuantityNumerator": times,
         "QuantityDenominator": "1", "BaseUnit": "PC"}
        for unit, times in (("PC", "1"), ("CAR", "12"))
    ],
    f"{PARTNER}.A_BusinessPartner": [{
        "BusinessPartner": "9", "Supplier": "0000001000", "Customer": "2000",
        "BusinessPartnerFullName": "Acme Ltd", "CreationDate": "2026-01-05",
    }],
    f"{PARTNER}.A_BusinessPartnerAddress": [{"BusinessPartner": "9", "AddressID": "1",
                                             "Country": "DE"}],
    f"{PARTNER}.A_BusinessPartnerTaxNumber": [{"BusinessPartner": "9", "BPTaxType": "DE0",
                                               "BPTaxNumber": "DE123456789"}],
    f"{PARTNER}.A_AddressHomePageURL": [{
        "AddressID": "1", "Person": "", "OrdinalNumber": "001", "ValidityStartDate": "0001-01-01",
        "IsDefaultURLAddress": "true", "WebsiteURL": "https://www.acme.example/home",
    }],
    f"{DELIVERY}.A_OutbDeliveryHeader": [{
        "DeliveryDocument": "80000001", "CreationDate": "2026-01-10T00:00:00Z",
        "ActualGoodsMovementDate": "2026-01-12T00:00:00Z", "OverallGoodsMovementStatus": "C",
    }],
    f"{DELIVERY}.A_OutbDeliveryItem": [{
        "DeliveryDocument": "80000001", "DeliveryDocumentItem": "000010", "Material": "42",
        "ReferenceSDDocument": "7", "ReferenceSDDocumentItem": "000010",
        "ActualDeliveredQtyInBaseUnit": "3", "GoodsMovementStatus": "C",
    }],
    f"{MAKE}.A_ProductionOrder_2": [{
        "ManufacturingOrder": "1000001", "Material": "42", "TotalQuantity": "5",
        "LastChangeDateTime": "20260301120000", "OrderIsReleased": "X",
        "OrderIsTechnicallyCompleted": "", "OrderIsClosed": "", "OrderIsDeleted": "",
    }],
    f"{STOCK}.A_MaterialStock": [{"Material": "42", "MaterialBaseUnit": "PC"}],
    f"{STOCK}.A_MatlStkInAcctMod": [
        {"Material": "42", "Plant": "1010", "StorageLocation": place, "Batch": "", "Supplier": "",
         "Customer": "", "WBSElementInternalID": "", "SDDocument": "", "SDDocumentItem": "",
         "InventorySpecialStockType": "", "InventoryStockType": "01",
         "MatlWrhsStkQtyInMatlBaseUnit": qty} for place, qty in (("101A", "4"), ("101B", "2.5"))
    ],
    f"{BILL}.A_BillingDocument": [{
        "BillingDocument": "90000001", "SDDocumentCategory": "M", "SoldToParty": "2000",
        "TotalNetAmount": "12.5", "TransactionCurrency": "EUR", "CreationDate": "2026-01-13",
        "BillingDocumentDate": "2026-01-13", "LastChangeDateTime": "2026-01-13T10:00:00Z",
    }],
}  # fmt: skip
