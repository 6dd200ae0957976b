"""The catalogue in Django's admin: marks, models and parts, each with its switch between shown and hidden."""

from typing import TYPE_CHECKING, Any, ClassVar

from django.contrib import admin
from django.db.models import Count, QuerySet
from django.http import HttpRequest

from partsearch.catalog.admin_forms import PartForm
from partsearch.catalog.ids import save_with_free_id
from partsearch.catalog.models import Mark, Model, Part
from partsearch.contract.limits import ID_MAXIMUM
from partsearch.contract.text import normalize

if TYPE_CHECKING:
    _CatalogAdmin = admin.ModelAdmin[Any]
else:
    _CatalogAdmin = admin.ModelAdmin

admin.site.site_header = "partsearch: каталог"
admin.site.site_title = "partsearch"
admin.site.index_title = "Каталог и доступ"


class CatalogAdmin(_CatalogAdmin):
    """What the three tables have in common: search by name as the site searches, and the number of a row."""

    search_fields: ClassVar[tuple[str, ...]] = ("name_normalized__contains",)
    search_help_text = "Часть названия или номер"
    list_display_links = ("id", "name")
    list_editable = ("is_visible",)
    list_per_page = 50
    show_full_result_count = False

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Any], search_term: str
    ) -> tuple[QuerySet[Any], bool]:
        """Rows with all words of ``search_term`` in their names, and the row of that number."""
        found, may_repeat = super().get_search_results(request, queryset, normalize(search_term))
        number = search_term.strip()
        if number.isascii() and number.isdigit() and int(number) <= ID_MAXIMUM:
            found |= queryset.filter(pk=int(number))
        return found, may_repeat

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:  # noqa: FBT001
        """Saves a row; a new one also where its id would be one that somebody has given by hand."""
        if change:
            super().save_model(request, obj, form, change)
        else:
            save_with_free_id(obj)

    def get_deleted_objects(self, objs: Any, request: HttpRequest) -> Any:
        """Asks for what holds the rows fast by counting it: naming each of a mark's parts would take minutes."""
        held_fast = self.held_fast(objs)
        if held_fast:
            return [], {}, set(), held_fast
        return super().get_deleted_objects(objs, request)

    def held_fast(self, objs: Any) -> list[str]:  # noqa: ARG002
        """Which of ``objs`` cannot be deleted, and why."""
        return []


@admin.register(Mark)
class MarkAdmin(CatalogAdmin):
    """Marks."""

    list_display = ("id", "name", "producer_country_name", "is_visible")
    list_filter = ("is_visible", "producer_country_name")

    def held_fast(self, objs: Any) -> list[str]:
        """Marks that have models."""
        holding = (
            Mark.objects.filter(pk__in=[mark.pk for mark in objs]).annotate(held=Count("models")).filter(held__gt=0)
        )
        return [f"{mark}: моделей {mark.held}" for mark in holding]


@admin.register(Model)
class ModelAdmin(CatalogAdmin):
    """Models. One that is moved to another mark takes its parts along."""

    list_display = ("id", "name", "mark", "is_visible")
    list_select_related = ("mark",)
    list_filter = ("is_visible", "mark")
    search_fields = ("name_normalized__contains", "mark__name_normalized__contains")
    search_help_text = "Часть названия модели или марки либо номер"
    autocomplete_fields = ("mark",)
    ordering = ("mark__name", "name", "id")

    def held_fast(self, objs: Any) -> list[str]:
        """Models that have parts."""
        holding = (
            Model.objects.filter(pk__in=[model.pk for model in objs]).annotate(held=Count("parts")).filter(held__gt=0)
        )
        return [f"{model}: запчастей {model.held}" for model in holding.select_related("mark")]


class ConditionFilter(admin.SimpleListFilter):
    """New or used."""

    title = "состояние"
    parameter_name = "condition"
    _VALUES = {"new": True, "used": False, "unknown": None}

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:  # noqa: ARG002
        """The choices."""
        return [("new", "новые"), ("used", "б/у"), ("unknown", "не указано")]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Part]) -> QuerySet[Part]:  # noqa: ARG002
        """The parts in the chosen condition."""
        value = self.value()
        return queryset.filter(is_new_part=self._VALUES[value]) if value in self._VALUES else queryset


@admin.register(Part)
class PartAdmin(CatalogAdmin):
    """Parts."""

    form = PartForm
    list_display = ("id", "name", "mark", "model", "price", "is_visible")
    list_select_related = ("mark", "model")
    list_filter = ("is_visible", ConditionFilter, "mark")
    autocomplete_fields = ("mark", "model")
    ordering = ("-id",)
