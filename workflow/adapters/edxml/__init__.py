"""edXML messages and metadata written as XML, and the check against our own schema."""

from workflow.adapters.edxml.message import build_message
from workflow.adapters.edxml.metadata import build_metadata
from workflow.adapters.edxml.package import EdocPackage, pack
from workflow.adapters.edxml.schema import SCHEMA_FILES, find_faults

__all__ = ["SCHEMA_FILES", "EdocPackage", "build_message", "build_metadata", "find_faults", "pack"]
