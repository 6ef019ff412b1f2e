"""The services of an S/4HANA that the tests need, each set with its keys and some of its fields."""

from datetime import datetime, time

TYPES = {"S": "Edm.String", "D": "Edm.DateTime", "O": "Edm.DateTimeOffset", "T": "Edm.Time",
         "N": "Edm.Decimal", "B": "Edm.Boolean"}  # fmt: skip


def _set(keys, **fields):
    """Keys are texts; `fields`: by the letter of their type, names with blanks between."""
    types = dict.fromkeys(keys.split(), "Edm.String")
    types |= {name: TYPES[kind] for kind, names in fields.items() for name in names.split()}
    return tuple(keys.split()), types


SERVICES = {
    "API_PURCHASEORDER_PROCESS_SRV": {
        "A_PurchaseOrder": _set(
            "PurchaseOrder", O="LastChangeDateTime", D="PurchaseOrderDate CreationDate",
            S="Supplier PurchasingDocumentDeletionCode PurchasingProcessingStatus DocumentCurrency"
            " PurchasingGroup AddressCountry",
        ),
        "A_PurchaseOrderItem": _set(
            "PurchaseOrder PurchaseOrderItem", B="IsCompletelyDelivered GoodsReceiptIsExpected"
            " IsReturnsItem", N="OrderQuantity NetPriceAmount NetPriceQuantity"
            " OrderPriceUnitToOrderUnitNmrtr OrdPriceUnitToOrderUnitDnmntr",
            S="Material Plant PurchaseOrderQuantityUnit PurchasingDocumentDeletionCode",
            D="ZZ1_Promised_PDI",
        ),
        "A_PurchaseOrderScheduleLine": _set(
            "PurchasingDocument PurchasingDocumentItem ScheduleLine",
            D="ScheduleLineDeliveryDate SchedLineStscDeliveryDate", N="ScheduleLineOrderQuantity",
        ),
    },
    "API_MATERIAL_DOCUMENT_SRV": {
        "A_MaterialDocumentHeader": _set(
            "MaterialDocumentYear MaterialDocument", D="PostingDate CreationDate", T="CreationTime",
        ),
        "A_MaterialDocumentItem": _set(
            "MaterialDocumentYear MaterialDocument MaterialDocumentItem",
            S="Material Plant GoodsMovementType PurchaseOrder PurchaseOrderItem ManufacturingOrder"
            " Supplier IssuingOrReceivingPlant IsAutomaticallyCreated CompanyCodeCurrency"
            " ReversedMaterialDocumentYear ReversedMaterialDocument ReversedMaterialDocumentItem",
            N="QuantityInBaseUnit GdsMvtExtAmtInCoCodeCrcy", B="GoodsMovementIsCancelled",
        ),
    },
    "API_SALES_ORDER_SRV": {
        "A_SalesOrder": _set(
            "SalesOrder", O="LastChangeDateTime",
            D="SalesOrderDate CreationDate RequestedDeliveryDate", N="TotalNetAmount",
            S="SoldToParty OverallSDProcessStatus TransactionCurrency SalesGroup"
            " OverallSDDocumentRejectionSts",
        ),
        "A_SalesOrderItem": _set(
            "SalesOrder SalesOrderItem", N="RequestedQuantity NetAmount",
            S="Material ProductionPlant RequestedQuantityUnit SalesDocumentRjcnReason"
            " DeliveryStatus",
        ),
        "A_SalesOrderScheduleLine": _set(
            "SalesOrder SalesOrderItem ScheduleLine",
            D="RequestedDeliveryDate ConfirmedDeliveryDate",
            N="ScheduleLineOrderQuantity ConfdOrderQtyByMatlAvailCheck",
        ),
    },
    "API_PRODUCT_SRV": {
        "A_Product": _set(
            "Product", O="LastChangeDateTime", B="IsMarkedForDeletion",
            S="ProductType ProductGroup BaseUnit",
        ),
        "A_ProductDescription": _set("Product Language", S="ProductDescription"),
        "A_ProductValuation": _set(
            "Product ValuationArea ValuationType", N="StandardPrice MovingAveragePrice"
            " PriceUnitQty", S="InventoryValuationProcedure Currency",
        ),
        "A_ProductUnitsOfMeasure": _set(
            "Product AlternativeUnit", N="QuantityNumerator QuantityDenominator", S="BaseUnit",
        ),
    },
    "API_BUSINESS_PARTNER": {
        "A_BusinessPartner": _set(
            "BusinessPartner", D="CreationDate LastChangeDate",
            S="Customer Supplier BusinessPartnerFullName BusinessPartnerName SearchTerm1 Industry"
            " BusinessPartnerGrouping",
        ),
        "A_BusinessPartnerAddress": _set("BusinessPartner AddressID", S="Country"),
        "A_BusinessPartnerTaxNumber": _set(
            "BusinessPartner BPTaxType", S="BPTaxNumber BPTaxLongNumber",
        ),
        "A_AddressHomePageURL": _set("AddressID Person OrdinalNumber", S="WebsiteURL"),
    },
    "API_OUTBOUND_DELIVERY_SRV;v=2": {
        "A_OutbDeliveryHeader": _set(
            "DeliveryDocument", D="LastChangeDate CreationDate ActualGoodsMovementDate"
            " ProofOfDeliveryDate", T="ActualGoodsMovementTime", S="OverallGoodsMovementStatus",
        ),
        "A_OutbDeliveryItem": _set(
            "DeliveryDocument DeliveryDocumentItem", N="ActualDeliveredQtyInBaseUnit",
            S="Material Plant ReferenceSDDocument ReferenceSDDocumentItem GoodsMovementStatus",
        ),
    },
    "API_PRODUCTION_ORDER_2_SRV;v=0002": {
        "A_ProductionOrder_2": _set(
            "ManufacturingOrder", S="LastChangeDateTime Material ProductionPlant ProductionUnit"
            " OrderIsDeleted OrderIsMarkedForDeletion OrderIsClosed OrderIsTechnicallyCompleted"
            " OrderIsDelivered OrderIsPartiallyDelivered OrderIsConfirmed OrderIsReleased"
            " OrderIsCreated", N="TotalQuantity",
            D="MfgOrderActualReleaseDate MfgOrderPlannedStartDate MfgOrderPlannedEndDate",
        ),
        "A_ProductionOrderItem_2": _set(
            "ManufacturingOrder ManufacturingOrderItem", N="MfgOrderItemGoodsReceiptQty",
            D="MfgOrderItemActualDeliveryDate",
        ),
        "A_ProductionOrderOperation_2": _set(
            "OrderInternalBillOfOperations OrderIntBillOfOperationsItem", S="ManufacturingOrder",
            D="OpActualExecutionStartDate",
        ),
    },
    "API_MATERIAL_STOCK_SRV": {
        "A_MaterialStock": _set("Material", S="MaterialBaseUnit"),
        "A_MatlStkInAcctMod": _set(
            "Material Plant StorageLocation Batch Supplier Customer WBSElementInternalID SDDocument"
            " SDDocumentItem InventorySpecialStockType InventoryStockType",
            N="MatlWrhsStkQtyInMatlBaseUnit",
        ),
    },
    "API_BILLING_DOCUMENT_SRV": {
        "A_BillingDocument": _set(
            "BillingDocument", O="LastChangeDateTime", D="CreationDate BillingDocumentDate",
            N="TotalNetAmount", S="SDDocumentCategory SoldToParty PayerParty TransactionCurrency",
        ),
    },
}  # fmt: skip


def midnight(on):
    """A day as the server keeps it."""
    return datetime.combine(on, time())
