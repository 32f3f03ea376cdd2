"""What a person types: fields with Vietnamese labels, hints and errors, one module a stem."""
