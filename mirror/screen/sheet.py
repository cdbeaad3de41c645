"""What lies on the glass: pieces put there for one moment, compared with the moment before.

Only the parts that differ are painted and handed to the display. Knows surfaces and rectangles, not what
they show.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from mirror.coach.mark_style import BLACK, RGB

WHOLE = 0.7
"""When more than this share of the surface changes, all of it is painted at once."""


class Piece:
    """One sprite, or one colour, or what paints itself, at one place. Two pieces are the same when the same
    thing lies there."""

    __slots__ = ("colour", "fresh", "key", "opaque", "paint", "rect", "sprite")

    def __init__(
        self,
        rect: Any,
        sprite: Any,
        colour: RGB | None,
        opaque: bool,
        fresh: bool,
        paint: Callable[[Any], None] | None = None,
    ) -> None:
        self.rect, self.sprite, self.colour, self.paint = rect, sprite, colour, paint
        self.opaque, self.fresh = opaque, fresh
        # a sprite is held by its piece, so its id is nobody else's while two moments are compared
        self.key = (id(sprite) if sprite is not None else colour, *rect)


class Sheet:
    """A surface that is painted piece by piece.

    `begin()`, then `blit` and `fill` as on a surface, then `finish()`: what lies there now and did not lie
    there before is painted, and what is gone is painted over.
    """

    def __init__(self, surface: Any) -> None:
        import pygame

        self._rect = pygame.Rect
        self._surface = surface
        self._all = surface.get_rect()
        self._shown: list[Piece] = []
        self._unknown = True  # what the surface shows before its first moment
        self.pieces: list[Piece] = []

    def get_size(self) -> tuple[int, int]:
        return int(self._all.width), int(self._all.height)

    def begin(self) -> None:
        """A new moment: nothing lies on black glass."""
        self._shown, self.pieces = self.pieces, []

    def blit(self, sprite: Any, at: Any) -> None:
        """A see-through sprite with its top left corner there."""
        self.pieces.append(Piece(self._rect(at[:2], sprite.get_size()), sprite, None, False, False))

    def background(self, rect: Any, paint: Callable[[Any], None]) -> None:
        """Under everything else, without holes, something new every time. paint: puts all of it onto the
        surface it is given, within rect."""
        self.pieces.insert(0, Piece(self._rect(rect), None, None, True, True, paint))

    def fill(self, colour: RGB, rect: Any) -> None:
        self.pieces.append(Piece(self._rect(rect), None, colour, True, False))

    def forget(self) -> None:
        """Somebody else has painted on the surface: the next moment is painted as a whole."""
        self._unknown = True

    def finish(self) -> list[Any]:
        """Paint; the rectangles of the surface that were painted, none when nothing differs."""
        parts = self._differing()
        for part in parts:
            self._surface.set_clip(part)
            self._paint(part)
        self._surface.set_clip(None)
        self._unknown = False
        return parts

    def _differing(self) -> list[Any]:
        if self._unknown:
            return [self._all.copy()]
        before, now = [p.key for p in self._shown], [p.key for p in self.pieces]
        gone, come = set(before), set(now)
        kept = gone & come
        if [key for key in before if key in kept] != [key for key in now if key in kept]:
            return [self._all.copy()]
        changed = [p.rect for p in self._shown if p.key not in kept]
        changed += [p.rect for p in self.pieces if p.key not in kept or p.fresh]
        return self._merged(changed)

    def _merged(self, rects: Iterable[Any]) -> list[Any]:
        """Rectangles that cover the same and do not overlap."""
        apart: list[Any] = []
        for rect in rects:
            part = rect.clip(self._all)
            if not (part.width and part.height):
                continue
            while (hit := part.collidelist(apart)) >= 0:
                part = part.union(apart.pop(hit))
            apart.append(part)
        if sum(part.width * part.height for part in apart) > WHOLE * self._all.width * self._all.height:
            return [self._all.copy()]
        return apart

    def _paint(self, part: Any) -> None:
        """All that lies in this part, over the last piece that covers it whole."""
        pieces = [piece for piece in self.pieces if piece.rect.colliderect(part)]
        first = next(
            (i for i in range(len(pieces) - 1, -1, -1) if pieces[i].opaque and pieces[i].rect.contains(part)),
            None,
        )
        if first is None:
            self._surface.fill(BLACK, part)
            first = 0
        for piece in pieces[first:]:
            if piece.paint is not None:
                piece.paint(self._surface)
            elif piece.sprite is None:
                self._surface.fill(piece.colour, piece.rect)
            else:
                self._surface.blit(piece.sprite, piece.rect)
