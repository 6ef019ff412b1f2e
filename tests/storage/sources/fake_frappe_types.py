"""The types of ERPNext's documents with fields of version 15, as its documentation names them."""

_LINE = "item_code item_name qty uom stock_uom conversion_factor stock_qty rate net_rate warehouse"
_RECEIVED = f"{_LINE} rejected_qty received_qty purchase_order"

TYPES = {
    name: set(fields.split())
    for name, fields in {
        "Supplier": "supplier_name supplier_group country tax_id website email_id disabled",
        "Customer": "customer_name customer_group territory tax_id website email_id"
        " account_manager",
        "Item": "item_name item_code item_group stock_uom last_purchase_rate valuation_rate"
        " is_stock_item disabled",
        "Warehouse": "warehouse_name company is_group warehouse_type parent_warehouse disabled",
        "Company": "default_currency country abbr",
        "Purchase Order": "supplier supplier_name status transaction_date schedule_date currency"
        " company order_confirmation_date amended_from per_received net_total custom_ship_by",
        "Purchase Order Item": f"{_LINE} received_qty returned_qty schedule_date"
        " expected_delivery_date custom_promise",
        "Purchase Receipt": "supplier posting_date posting_time is_return return_against company"
        " status amended_from",
        "Purchase Receipt Item": f"{_RECEIVED} purchase_order_item purchase_receipt_item",
        "Purchase Invoice": "supplier posting_date posting_time due_date net_total currency"
        " outstanding_amount is_return update_stock status company",
        "Purchase Invoice Item": f"{_RECEIVED} po_detail purchase_invoice_item",
        "Sales Order": "customer status transaction_date delivery_date currency net_total company"
        " amended_from",
        "Sales Order Item": f"{_LINE} delivered_qty delivery_date",
        "Delivery Note": "customer posting_date posting_time is_return transporter transporter_name"
        " lr_no company status",
        "Delivery Note Item": f"{_LINE} against_sales_order so_detail dn_detail",
        "Sales Invoice": "customer posting_date posting_time due_date net_total currency"
        " outstanding_amount is_return update_stock status company",
        "Sales Invoice Item": f"{_LINE} sales_order so_detail sales_invoice_item",
        "Work Order": "production_item qty produced_qty status planned_start_date planned_end_date"
        " actual_start_date actual_end_date fg_warehouse bom_no company",
        "BOM": "item quantity is_active is_default company",
        "BOM Item": "item_code qty stock_qty uom stock_uom",
        "Stock Entry": "purpose work_order posting_date posting_time company",
        "Stock Entry Detail": "item_code qty transfer_qty s_warehouse t_warehouse is_finished_item"
        " is_scrap_item",
        "Stock Ledger Entry": "item_code warehouse posting_date posting_time actual_qty"
        " qty_after_transaction stock_value_difference voucher_type voucher_no is_cancelled"
        " company",
        "Bin": "item_code warehouse actual_qty reserved_qty reserved_stock ordered_qty stock_value",
        "Batch": "batch_id item expiry_date batch_qty disabled",
        "Payment Ledger Entry": "against_voucher_type against_voucher_no voucher_type voucher_no"
        " posting_date amount delinked",
    }.items()
}
CHILDREN = {
    "Purchase Order": ("Purchase Order Item",),
    "Purchase Receipt": ("Purchase Receipt Item",),
    "Purchase Invoice": ("Purchase Invoice Item",),
    "Sales Order": ("Sales Order Item",),
    "Delivery Note": ("Delivery Note Item",),
    "Sales Invoice": ("Sales Invoice Item",),
    "BOM": ("BOM Item",),
    "Stock Entry": ("Stock Entry Detail",),
}
