"""Static files: hashed names and gzip copies."""

from typing import Any

from whitenoise.compress import Compressor
from whitenoise.storage import CompressedManifestStaticFilesStorage


class StaticStorage(CompressedManifestStaticFilesStorage):
    """WhiteNoise without brotli: WeasyPrint brings that library in, WhiteNoise would use it at its highest
    quality, and collectstatic took 51 s instead of 1."""

    def create_compressor(self, **kwargs: Any) -> Compressor:
        return super().create_compressor(**kwargs, use_brotli=False)
