"""A small company that runs on this machine: its ERP, its CRM and its workspace."""
