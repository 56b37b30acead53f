"""Uploads are bounded while they arrive, so that nobody fills the disk with what would be refused anyway."""

from __future__ import annotations

import io
from typing import Any

from django.core.exceptions import RequestDataTooBig
from django.core.files.uploadedfile import UploadedFile
from django.core.files.uploadhandler import FileUploadHandler

from .filetypes import MAX_BYTES, MEGABYTE

#: Of one request, all files together.
MAX_REQUEST = 64 * MEGABYTE


class OversizedFile(UploadedFile):
    """Stands for a file that was larger than `MAX_BYTES`: its name and size are true, its content is gone."""


class BoundedUploadHandler(FileUploadHandler):
    """Stands before the handlers that store. It passes a file on up to `MAX_BYTES` and counts the rest.

    A request of more than `MAX_REQUEST` is not read at all (`RequestDataTooBig`, answered with 400).
    """

    def handle_raw_input(
        self,
        input_data: Any,
        META: dict[str, Any],
        content_length: int,
        boundary: bytes,
        encoding: str | None = None,
    ) -> None:
        if content_length > MAX_REQUEST:
            raise RequestDataTooBig(f"{content_length} bytes in one request")

    def receive_data_chunk(self, raw_data: bytes, start: int) -> bytes | None:
        return raw_data if start + len(raw_data) <= MAX_BYTES else None

    def file_complete(self, file_size: int) -> UploadedFile | None:
        """None leaves the file to the handlers behind."""
        if file_size <= MAX_BYTES:
            return None
        return OversizedFile(io.BytesIO(), self.file_name, self.content_type, file_size, self.charset)
