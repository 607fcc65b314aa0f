"""The ground of a staff screen: what it says about itself, and none of what FAB would generate."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, ClassVar

from flask_appbuilder import ModelView
from flask_babel import lazy_pgettext

from app.base.errors import NotFound
from app.base.phones import show_phone
from app.web import formats
from app.web.admin import columns, contract, listing
from app.web.admin.columns import Choices
from app.web.admin.deeds import Deed, Door, Related, Tab
from app.web.admin.filters import Filter, filters_for
from app.web.admin.interface import SafeSQLAInterface
from app.web.forms import GuichetForm


class Screen(ModelView):
    """What a screen declares. The pages are in ``lists`` and ``view``."""

    datamodel: SafeSQLAInterface

    list_columns: Sequence[str] = ()
    """Shown in the list, first the one that names the row; ``a.b.c`` passes relationships."""
    show_columns: Sequence[str] = ()
    search_columns: Sequence[str] = ()
    linked_by: ClassVar[frozenset[str]] = frozenset()
    """Search columns for the links of other screens, plain keys: no field asks for them."""
    order_columns: Sequence[str] = ()
    sort_as: ClassVar[Mapping[str, str]] = {}
    """Column → the column to sort by in its place: a name by its folded form."""
    base_order: tuple[str, str] = ("", "")
    label_columns: Mapping[str, Any] = {}
    choices: ClassVar[Mapping[str, Choices]] = {}
    """Column → its values and their words (or ``Tag``): how it is shown and filtered."""
    identifiers: ClassVar[frozenset[str]] = frozenset()
    """Columns set in Mono: numbers and codes that people copy."""
    moments: ClassVar[frozenset[str]] = frozenset()
    """Columns of which a list shows the hour too; of other moments it shows the day."""
    telephones: ClassVar[frozenset[str]] = frozenset()
    """Columns that hold telephone numbers, shown as people here write them."""
    list_title: Any = ""
    one_title: Any = ""
    """What one row is called: heads the page of a row without a name."""
    facts: Any = ""
    """One soft line under the list's title."""
    empty: Any = ""
    """The sentence of an empty list."""
    help_topic = "staff-lists"
    tabs: Sequence[Tab] = ()
    related: Sequence[Related] = ()
    deeds: Sequence[Deed] = ()
    doors: Sequence[Door] = ()
    can_export = True
    add_form: type[GuichetForm] | None = None
    edit_form: type[GuichetForm] | None = None
    add_title: Any = ""
    edit_title: Any = ""
    add_action = edit_action = ""
    """The actions of ``deed_add`` and ``deed_edit``: who may not do them sees no button."""
    row_words: ClassVar[Mapping[str, Any]] = {
        "late": lazy_pgettext("row", "Late"),
        "soon": lazy_pgettext("row", "Waiting"),
        "hold": lazy_pgettext("row", "On hold"),
    }
    """State of a row → its word; a screen whose states mean something else says what."""
    words: ClassVar[Mapping[str, Any]] = {}
    """Code of an Invalid → the sentence at the field."""

    list_template = "appbuilder/general/model/list.html"
    show_template = "appbuilder/general/model/show.html"
    add_template = edit_template = "appbuilder/general/model/edit.html"
    deed_template = "appbuilder/general/model/deed.html"
    bulk_template = "appbuilder/general/model/bulk.html"
    template_folder = None
    page_size = listing.PAGE_SIZES[0]

    # ---- what FAB would generate, and why none of it is ----------------------------------

    def __init__(self, **kwargs: Any) -> None:
        self.exclude_route_methods = contract.routes_left_out(self)
        super().__init__(**kwargs)

    def _init_properties(self) -> None:
        """Check the contract. FAB would fill every gap with all columns of the table."""
        contract.check(self)
        self._base_filters = self.datamodel.get_filters().add_filter_list(self.base_filters or [])
        self._related_views: list[Any] = []
        self.related_views: list[Any] = []
        choices = self.choices
        self._search: tuple[Filter, ...] = tuple(
            one
            for column in self.search_columns
            for one in filters_for(self.datamodel.obj, column, choices.get(column))
        )

    def _init_forms(self) -> None:
        """No form is made from a table: its drop-downs would load whole other tables."""

    def _init_titles(self) -> None:
        """Titles are given, in both languages."""
        self.title = self.list_title

    @property
    def _filters(self) -> Any:
        """FAB keeps one object of filters for all threads; here each question gets its own."""
        return self.datamodel.get_filters()

    @_filters.setter
    def _filters(self, _shared: Any) -> None:
        """Keep nothing that two requests could both change."""

    def allowed(self, name: str) -> bool:
        """Whether this person's kind of staff has the address (``list``, ``add``, ``export``)."""
        return bool(self.appbuilder.sm.has_access(f"can_{name}", self.class_permission_name))

    # ---- rows and cells ------------------------------------------------------------------

    def _found(self, pk: str) -> Any:
        row = self.datamodel.row(pk, self._base_filters)
        if row is None:
            raise NotFound(f"{self.datamodel.model_name} {pk}", asked=self.datamodel.asked(pk))
        return row

    def columns_here(self) -> Sequence[str]:
        """The columns that the list shows to this reader, first the one that names the row."""
        return self.list_columns

    def also_counted(self) -> Sequence[Any]:
        """What else is to be counted for a list's page: each a subquery of one number."""
        return ()

    def more_of_list(
        self,
        asked: listing.Asked,  # noqa: ARG002
        numbers: Sequence[int],  # noqa: ARG002
    ) -> dict[str, Any]:
        """What the list's page is told beside its rows; ``numbers`` are those also counted."""
        return {}

    def prepared(self, rows: Iterable[Any]) -> Iterable[Any]:
        """The rows of a page, or of a file, as they come: a screen may read beside them at once.

        A file's rows do not fit into memory: go on in batches, and hand each one on.
        """
        return rows

    def row_title(self, row: Any) -> str:
        """What the page of a row is called."""
        return f"{self.one_title} {self.datamodel.get_pk_value(row)}"

    def row_state(self, row: Any) -> str | None:  # noqa: ARG002 (screens use it)
        """How the row stands out: *late*, *soon*, *hold* or not at all."""
        return None

    def row_word(self, row: Any) -> str:
        """The same in a word, for who cannot see the bar's colour."""
        state = self.row_state(row)
        return str(self.row_words[state]) if state else ""

    def cell(self, row: Any, column: str) -> Any:
        """What is shown for a column: the screen's word for it, a ``Tag``, or the plain value."""
        value = columns.value_of(row, column)
        if column in self.choices and value is not None:
            return self.choices[column].get(value, value)
        return show_phone(value) if column in self.telephones else columns.plain(value)

    def listed(self, row: Any, column: str) -> Any:
        """What a list shows: the same, but of a moment its day, unless the hour matters there."""
        value = columns.value_of(row, column)
        if isinstance(value, datetime) and column not in self.moments:
            return formats.format_date_iso(value)
        return self.cell(row, column)

    def cell_kind(self, row: Any, column: str) -> str:
        """How the cell is set: id, number, date or text."""
        if column in self.identifiers:
            return "id"
        return columns.kind_of(columns.value_of(row, column))

    def shown(self, row: Any, column: str) -> tuple[str, Any]:
        """The kind and the content of a fact on the page of a row."""
        return self.cell_kind(row, column), self.cell(row, column)

    def more_of(self, row: Any) -> Any:  # noqa: ARG002 (screens use it)
        """Markup for the foot of a row's page: a timeline, a table. None by default."""
        return None
