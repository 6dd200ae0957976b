"""The catalog in Django's admin: marks, models and parts, which can each be shown or hidden."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, ClassVar

from django.contrib import admin
from django.contrib.admin import helpers
from django.contrib.admin.widgets import AutocompleteSelect
from django.contrib.auth import admin as auth
from django.contrib.auth.models import Group, User
from django.core.exceptions import BadRequest, ValidationError
from django.db.models import Count, Field, ForeignKey, QuerySet
from django.forms import ModelChoiceField
from django.http import HttpRequest

from partsearch.catalog.admin_forms import JSON_COLUMNS, PartForm, PartFormSet
from partsearch.catalog.ids import save_with_free_id
from partsearch.catalog.models import Mark, Model, Part
from partsearch.contract.limits import ID_MAXIMUM, TEXT_LENGTH
from partsearch.contract.text.normalized import normalize

if TYPE_CHECKING:
    _CatalogAdmin = admin.ModelAdmin[Any]
    _UserAdmin = auth.UserAdmin[User]
else:
    _CatalogAdmin = admin.ModelAdmin
    _UserAdmin = auth.UserAdmin

admin.site.site_header = "partsearch: каталог"
admin.site.site_title = "partsearch"
admin.site.index_title = "Каталог и доступ"


class OfferedFilters(_CatalogAdmin):
    """A list that accepts only the lookups of its own filters in the query string.

    Django would pass any lookup of any column to the database, and many of them fail there for unexpected values.
    """

    def lookup_allowed(self, lookup: str, value: str, request: HttpRequest) -> bool:  # noqa: ARG002
        """Return whether a filter of the list uses this parameter."""
        return any(lookup in _parameters_of(item) for item in self.get_list_filter(request))

    def formfield_for_foreignkey(
        self, db_field: "ForeignKey[Any, Any]", request: HttpRequest, **options: Any
    ) -> "ModelChoiceField[Any] | None":
        """Return the form field for a row of another table."""
        if db_field.name in self.get_autocomplete_fields(request):
            options.setdefault("widget", KnownKeyAutocomplete(db_field, self.admin_site, using=options.get("using")))
        return super().formfield_for_foreignkey(db_field, request, **options)

    def response_action(self, request: HttpRequest, queryset: QuerySet[Any]) -> Any:  # type: ignore[override]
        """Return the response of an action on the selected rows.

        Raises:
            BadRequest: the key of a selected row is invalid.
        """
        if not all(_is_key(self.opts.pk, key) for key in request.POST.getlist(helpers.ACTION_CHECKBOX_NAME)):
            raise BadRequest("The key of a selected row is invalid")
        return super().response_action(request, queryset)


class KnownKeyAutocomplete(AutocompleteSelect):
    """Django's autocomplete field. A value that is no valid key selects no row."""

    def optgroups(self, name: str, value: Sequence[str], attrs: dict[str, Any] | None = None) -> list[Any]:
        """Return the selected rows as the options of the field."""
        key = self.field.remote_field.model._meta.pk
        return super().optgroups(name, [item for item in value if _is_key(key, item)], attrs)


def _is_key(field: "Field[Any, Any]", value: Any) -> bool:
    """Return whether ``value`` is a valid key of a row."""
    try:
        field.to_python(value)
    except ValidationError:
        return False
    return True


def _parameters_of(item: Any) -> tuple[str, ...]:
    """Return the query parameters of a filter in ``list_filter``."""
    if isinstance(item, str):
        return (item, f"{item}__exact", f"{item}__isnull", f"{item}__id__exact")
    return (item.parameter_name,)


admin.site.unregister([User, Group])


@admin.register(User)
class UserAdmin(OfferedFilters, _UserAdmin):
    """Accounts."""


@admin.register(Group)
class GroupAdmin(OfferedFilters, auth.GroupAdmin):
    """Groups of accounts."""


class CatalogAdmin(OfferedFilters):
    """The common part of the three tables: search by name, as on the site, or by id."""

    search_fields: ClassVar[tuple[str, ...]] = ("name_normalized__contains",)
    search_help_text = "Часть названия или номер"
    list_display_links = ("id", "name")
    list_editable = ("is_visible",)
    list_per_page = 50
    show_full_result_count = False

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Any], search_term: str
    ) -> tuple[QuerySet[Any], bool]:
        """Return the rows with all words of ``search_term`` in their names, and the row with that id."""
        term = search_term[:TEXT_LENGTH]
        found, may_repeat = super().get_search_results(request, queryset, normalize(term))
        number = term.strip()
        if number.isascii() and number.isdigit() and int(number) <= ID_MAXIMUM:
            found |= queryset.filter(pk=int(number))
        return found, may_repeat

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:  # noqa: FBT001
        """Save a row. A new row gets a free id even if the sequence is behind explicit ids."""
        if change:
            super().save_model(request, obj, form, change)
        else:
            save_with_free_id(obj)

    def get_deleted_objects(self, objs: Any, request: HttpRequest) -> Any:
        """Return what prevents the deletion as counts: a list of every part of a mark would take minutes."""
        protected = self.protected(objs)
        if protected:
            return [], {}, set(), protected
        return super().get_deleted_objects(objs, request)

    def protected(self, objs: Any) -> list[str]:  # noqa: ARG002
        """Return which of ``objs`` cannot be deleted, and why."""
        return []


@admin.register(Mark)
class MarkAdmin(CatalogAdmin):
    """Marks."""

    list_display = ("id", "name", "producer_country_name", "is_visible")
    list_filter = ("is_visible", "producer_country_name")

    def protected(self, objs: Any) -> list[str]:
        """Return the marks that have models."""
        used = (
            Mark.objects.filter(pk__in=[mark.pk for mark in objs])
            .annotate(models_count=Count("models"))
            .filter(models_count__gt=0)
        )
        return [f"{mark}: моделей {mark.models_count}" for mark in used]


@admin.register(Model)
class ModelAdmin(CatalogAdmin):
    """Models. The parts of a model move with it to another mark."""

    list_display = ("id", "name", "mark", "is_visible")
    list_select_related = ("mark",)
    list_filter = ("is_visible", "mark")
    search_fields = ("name_normalized__contains", "mark__name_normalized__contains")
    search_help_text = "Часть названия модели или марки либо номер"
    autocomplete_fields = ("mark",)
    ordering = ("mark__name", "name", "id")

    def protected(self, objs: Any) -> list[str]:
        """Return the models that have parts."""
        used = (
            Model.objects.filter(pk__in=[model.pk for model in objs])
            .annotate(parts_count=Count("parts"))
            .filter(parts_count__gt=0)
        )
        return [f"{model}: запчастей {model.parts_count}" for model in used.select_related("mark")]


class ConditionFilter(admin.SimpleListFilter):
    """New or used."""

    title = "состояние"
    parameter_name = "condition"
    _VALUES = {"new": True, "used": False, "unknown": None}

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:  # noqa: ARG002
        """Return the choices of the filter."""
        return [("new", "новые"), ("used", "б/у"), ("unknown", "не указано")]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Part]) -> QuerySet[Part]:  # noqa: ARG002
        """Return the parts in the selected condition."""
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

    def get_queryset(self, request: HttpRequest) -> QuerySet[Part]:
        """Return the parts without the columns that hold JSON."""
        return super().get_queryset(request).defer(*JSON_COLUMNS)

    def get_readonly_fields(self, request: HttpRequest, obj: Part | None = None) -> tuple[str, ...]:  # noqa: ARG002
        """Return the times, which the database keeps; a part that is being added has none yet."""
        return ("created_at", "updated_at") if obj else ()

    def get_changelist_formset(self, request: HttpRequest, **options: Any) -> Any:
        """Return the formset of the list."""
        return super().get_changelist_formset(request, formset=PartFormSet, **options)


# They use OfferedFilters, and register their tables.
from partsearch.catalog import admin_aliases, admin_synonyms  # noqa: E402, F401
