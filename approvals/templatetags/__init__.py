"""Parts of pages that show approvals."""
