"""佐证材料: files that a department adds to its evaluation, and the sealed scan of what was approved."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from .evaluations import Evaluation
from .people import User

#: The location of 盖章扫描件: the approved report, printed, sealed and scanned.
SEALED = "report.sealed"
MAX_NAME = 120


class Kind(models.TextChoices):
    """What a file is, found by its content."""

    PDF = "pdf", "PDF"
    PNG = "png", "PNG 图片"
    JPEG = "jpeg", "JPEG 图片"
    XLSX = "xlsx", "Excel"
    DOCX = "docx", "Word"

    @property
    def media_type(self) -> str:
        """The content type under which it is served."""
        return MEDIA_TYPES[self]

    @property
    def picture(self) -> bool:
        return self in (Kind.PNG, Kind.JPEG)


_OFFICE = "application/vnd.openxmlformats-officedocument"
MEDIA_TYPES = {
    Kind.PDF: "application/pdf",
    Kind.PNG: "image/png",
    Kind.JPEG: "image/jpeg",
    Kind.XLSX: f"{_OFFICE}.spreadsheetml.sheet",
    Kind.DOCX: f"{_OFFICE}.wordprocessingml.document",
}


class EvidenceQuerySet(models.QuerySet):
    """Narrows to the files that somebody may see."""

    def standing(self) -> EvidenceQuerySet:
        """Those that were not taken away."""
        return self.filter(removed_at=None)

    def of_report(self) -> EvidenceQuerySet:
        """Without the sealed scans: what is sent and frozen with the report."""
        return self.exclude(location=SEALED)

    def frozen(self) -> EvidenceQuerySet:
        """Those that a frozen version lists: there since before it, or at least not taken away before it."""
        return self.of_report().filter(key__isnull=False, version__lt=F("evaluation__version"))

    def sent(self) -> EvidenceQuerySet:
        """What may be seen by whoever sees only what was sent: what is frozen, and sealed scans."""
        return self.filter(
            Q(location=SEALED, removed_at=None)
            | Q(~Q(location=SEALED), key__isnull=False, version__lt=F("evaluation__version"))
        )


class Evidence(models.Model):
    """One file at a location: `indicator.CODE`, the code of a section, or `SEALED`.

    `version` is that of the evaluation when it was added; the snapshots after it list it (of a project, those
    of its department's evaluation). Taking it away is a mark: what a snapshot lists stays in storage. A file
    that was never frozen is deleted there, and `key`, its place in storage, becomes None. `size` in bytes,
    `sha256` in hexadecimal digits; the name is the sender's, with an ending that fits the kind.
    """

    evaluation = models.ForeignKey(Evaluation, models.PROTECT, related_name="evidence", verbose_name="自评")
    location = models.CharField("位置", max_length=160)
    version = models.PositiveSmallIntegerField("上传时的版次")
    name = models.CharField("文件名", max_length=MAX_NAME)
    key = models.CharField("存放位置", max_length=100, unique=True, null=True)  # noqa: DJ001  None: deleted
    kind = models.CharField("格式", max_length=8, choices=Kind)
    size = models.PositiveIntegerField("大小")
    sha256 = models.CharField(max_length=64)
    uploaded_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+", verbose_name="上传人")
    uploaded_at = models.DateTimeField("上传时间", auto_now_add=True)
    removed_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+", verbose_name="移除人")
    removed_at = models.DateTimeField("移除时间", null=True)

    objects = EvidenceQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "佐证材料"
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(
                fields=["evaluation", "location", "sha256"],
                condition=Q(removed_at=None),
                name="evidence_once_at_a_location",
            )
        ]

    def __str__(self) -> str:
        return self.name
