"""The ledger of a website: its tree in tiles, its signed checkpoints, the keys that signed them, and who looked."""

from __future__ import annotations

from django.db import models

from consent.append_only import AppendOnly
from consent.models.event import ConsentEvent
from cookies.models import Site


class Ledger(AppendOnly):
    """A website's transparency log. How large it is stands nowhere: it is what its leaves are."""

    site = models.OneToOneField(Site, on_delete=models.PROTECT, related_name="ledger")
    origin = models.CharField(
        max_length=300, unique=True, help_text="Its name in every checkpoint. It outlives a change of address."
    )
    created_at = models.DateTimeField()

    def __str__(self) -> str:
        return self.origin


class LedgerKey(AppendOnly):
    """A public key that checkpoints were signed with. The private half is a file, and never here."""

    public_key = models.BinaryField(help_text="Ed25519, 32 bytes.")
    fingerprint = models.CharField(max_length=64, unique=True, help_text="SHA-256 of the public key.")
    created_at = models.DateTimeField()

    class Meta:
        ordering = ["-id"]

    def __str__(self) -> str:
        return self.fingerprint[:16]


class LedgerLeaf(AppendOnly):
    """Where an event stands in the ledger, and what was sealed of it.

    A row of its own, since an event that is written again is written into all its indexes again. The events and ledgers
    that it names are never deleted, so the database need not look after them for each row.
    """

    event = models.OneToOneField(
        ConsentEvent, on_delete=models.PROTECT, primary_key=True, related_name="leaf", db_constraint=False
    )
    ledger = models.ForeignKey(
        Ledger, on_delete=models.PROTECT, related_name="leaves", db_index=False, db_constraint=False
    )
    ledger_index = models.PositiveBigIntegerField()
    leaf_hash = models.BinaryField()
    commitments = models.BinaryField(help_text="To what may be erased: 32 bytes a field.")

    class Meta:
        verbose_name_plural = "ledger leaves"
        constraints = [
            models.UniqueConstraint(fields=["ledger", "ledger_index"], name="leaf_once_per_place"),
        ]

    def __str__(self) -> str:
        return f"{self.ledger_id} leaf {self.ledger_index}"


class LedgerTile(AppendOnly):
    """A full tile: 256 hashes, and the hash over them. What is not full yet is read from the leaves."""

    ledger = models.ForeignKey(Ledger, on_delete=models.PROTECT, related_name="tiles")
    level = models.PositiveSmallIntegerField()
    position = models.PositiveBigIntegerField(help_text="Its number within the level, from 0.")
    hashes = models.BinaryField()
    root = models.BinaryField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["ledger", "level", "position"], name="tile_once_per_place"),
        ]

    def __str__(self) -> str:
        return f"{self.ledger} tile {self.level}/{self.position}"


class Checkpoint(AppendOnly):
    """How the ledger stood, signed: the note is served byte for byte."""

    ledger = models.ForeignKey(Ledger, on_delete=models.PROTECT, related_name="checkpoints")
    size = models.PositiveBigIntegerField()
    root = models.BinaryField()
    note = models.TextField()
    key = models.ForeignKey(LedgerKey, on_delete=models.PROTECT, related_name="checkpoints")
    signed_at = models.DateTimeField()

    class Meta:
        ordering = ["-size"]
        constraints = [models.UniqueConstraint(fields=["ledger", "size"], name="checkpoint_once_per_size")]

    def __str__(self) -> str:
        return f"{self.ledger} at {self.size}"


class CheckpointMail(models.Model):
    """A day's checkpoint was mailed."""

    ledger = models.ForeignKey(Ledger, on_delete=models.PROTECT, related_name="mails")
    day = models.DateField()
    checkpoint = models.ForeignKey(Checkpoint, on_delete=models.PROTECT)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["ledger", "day"], name="checkpoint_mailed_once_a_day")]

    def __str__(self) -> str:
        return f"{self.ledger} {self.day}"


class LedgerCheck(AppendOnly):
    """Somebody recomputed the whole ledger: when, up to where, and what was found."""

    ledger = models.ForeignKey(Ledger, on_delete=models.PROTECT, related_name="checks")
    finished_at = models.DateTimeField()
    size = models.PositiveBigIntegerField(help_text="How many leaves were recomputed.")
    finding = models.TextField(blank=True, help_text="The first difference. Empty: everything agrees.")

    class Meta:
        verbose_name = "check of a ledger"
        ordering = ["-finished_at", "-id"]
        indexes = [models.Index(fields=["ledger", "-finished_at"], name="checks_of_a_ledger")]

    def __str__(self) -> str:
        return f"{self.ledger} checked {self.finished_at:%Y-%m-%d %H:%M}"
