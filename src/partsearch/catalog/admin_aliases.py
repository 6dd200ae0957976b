"""The ways in which people write marks and models in Django's admin: added, changed, turned off."""

from typing import TYPE_CHECKING, Any

from django import forms
from django.contrib import admin, messages
from django.db.models import Q, QuerySet
from django.http import HttpRequest

from partsearch.catalog.admin import OfferedFilters
from partsearch.catalog.vehicle_alias import AS_SHIPPED, VehicleAlias, active_aliases
from partsearch.catalog.vehicle_names import AliasUse
from partsearch.contract.limits import TEXT_LENGTH
from partsearch.contract.text.folding import join

if TYPE_CHECKING:
    _AliasForm = forms.ModelForm[VehicleAlias]
else:
    _AliasForm = forms.ModelForm

_SHOWN_MESSAGES = 5


def other_meaning(row: VehicleAlias) -> VehicleAlias | None:
    """Return an active row that gives the spelling of ``row`` another meaning; ``None`` if there is none."""
    others = active_aliases(row.alias).exclude(pk=row.pk)
    if not row.model:
        return others.filter(model="").exclude(mark=row.mark).first()
    same_mark = others.filter(mark=row.mark).exclude(model__in=("", row.model))
    if row.use in (AliasUse.ALONE, AliasUse.CAPITALS):
        alone = others.filter(use__in=(AliasUse.ALONE, AliasUse.CAPITALS)).exclude(mark=row.mark)
        return (same_mark | alone).first()
    return same_mark.first()


class AliasForm(_AliasForm):
    """The form of an alias. Its mark and its model are canonical names, and it has no other meaning."""

    class Meta:
        model = VehicleAlias
        fields = ("alias", "mark", "model", "use", "country", "is_active")
        help_texts = {  # Django's way
            "alias": "Регистр, пробелы, дефисы и похожие буквы (В и B) не важны.",
            "mark": "Название марки, как в каталоге. Новое название заводит новую марку.",
            "model": "Пусто, если так пишут саму марку.",
            "use": "Когда это слово в названии запчасти — марка или модель, а не что-то другое.",
            "country": "Только для марки.",
            "is_active": "Снимите, чтобы импорт этого написания не понимал.",
        }

    def clean_alias(self) -> str:
        """Return the alias; raise ValidationError if it has neither letters nor digits."""
        alias = str(self.cleaned_data["alias"])
        if not join(alias):
            raise forms.ValidationError("Нужна хотя бы одна буква или цифра.")
        return alias

    def clean(self) -> dict[str, Any]:
        """Return the values; add an error at the field that contradicts other rows."""
        values = super().clean() or self.cleaned_data
        if self.errors:
            return values
        if values["model"] and values["country"]:
            self.add_error("country", "Страна указывается у марки, а не у модели.")
        if values["is_active"]:
            self._check_names(values)
        return values

    def _check_names(self, values: dict[str, Any]) -> None:
        mark, model = values["mark"], values["model"]
        if found := self._canonical(mark, VehicleAlias.objects.filter(mark=mark), model=""):
            self.add_error("mark", f"«{mark}» — написание марки {found.mark}. Укажите {found.mark}.")
        elif model and (
            found := self._canonical(model, VehicleAlias.objects.filter(mark=mark, model=model), mark=mark)
        ):
            self.add_error("model", f"«{model}» — написание модели {found.meaning}. Укажите {found.model}.")
        else:
            row = VehicleAlias(pk=self.instance.pk, **{key: values[key] for key in ("alias", "mark", "model", "use")})
            if conflict := other_meaning(row):
                self.add_error("alias", _already_means(conflict))

    def _canonical(self, name: str, same: QuerySet[VehicleAlias], **scope: str) -> VehicleAlias | None:
        """Return the row whose alias this name is; ``None`` if the name is new, or canonical itself."""
        if same.exclude(pk=self.instance.pk).exists():
            return None
        found = active_aliases(name).filter(**scope).exclude(pk=self.instance.pk)
        return (found.exclude(model="") if "mark" in scope else found).first()


def _already_means(row: VehicleAlias) -> str:
    what = "модель" if row.model else "марку"
    return f"«{row.alias}» уже означает {what} {row.meaning}. Измените или выключите ту строку."


class MeaningFilter(admin.SimpleListFilter):
    """Aliases of marks or of models."""

    title = "что означает"
    parameter_name = "meaning"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:  # noqa: ARG002
        """Return the choices of the filter."""
        return [("mark", "марку"), ("model", "модель")]

    def queryset(self, request: HttpRequest, queryset: QuerySet[VehicleAlias]) -> QuerySet[VehicleAlias]:  # noqa: ARG002
        """Return the selected rows."""
        of_marks = Q(model="")
        return {"mark": queryset.filter(of_marks), "model": queryset.exclude(of_marks)}.get(
            self.value() or "", queryset
        )


class OriginFilter(admin.SimpleListFilter):
    """Rows as shipped, edited ones, and those that users have added."""

    title = "происхождение"
    parameter_name = "origin"
    as_shipped = AS_SHIPPED

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:  # noqa: ARG002
        """Return the choices of the filter."""
        return [("own", "добавлено вами"), ("edited", "изменено вами"), ("shipped", "из поставки")]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:  # noqa: ARG002
        """Return the selected rows."""
        own = Q(shipped_key=None)
        choices = {
            "own": queryset.filter(own),
            "edited": queryset.exclude(own).exclude(self.as_shipped),
            "shipped": queryset.filter(self.as_shipped),
        }
        return choices.get(self.value() or "", queryset)


@admin.register(VehicleAlias)
class VehicleAliasAdmin(OfferedFilters):
    """Aliases of marks and models."""

    form = AliasForm
    list_display = ("alias", "mark", "model", "use", "is_active", "origin")
    list_filter = ("is_active", MeaningFilter, OriginFilter, "use")
    list_per_page = 50
    show_full_result_count = False
    search_fields = ("alias_key",)
    search_help_text = "Написание, марка или модель"
    actions = ("turn_on", "turn_off")

    @admin.display(description="происхождение")
    def origin(self, row: VehicleAlias) -> str:
        """Return where a row comes from."""
        if row.is_own:
            return "добавлено вами"
        return "из поставки" if row.is_as_shipped else "изменено вами"

    def get_search_results(
        self,
        request: HttpRequest,  # noqa: ARG002
        queryset: QuerySet[Any],
        search_term: str,
    ) -> tuple[QuerySet[Any], bool]:
        """Return the rows that have each word of ``search_term`` in the alias, the mark or the model."""
        for word in search_term[:TEXT_LENGTH].split():
            found = Q(mark__icontains=word) | Q(model__icontains=word)
            if key := join(word):
                found |= Q(alias_key__contains=key)
            queryset = queryset.filter(found)
        return queryset, False

    @admin.action(description="Выключить выбранные: импорт перестанет их понимать")
    def turn_off(self, request: HttpRequest, queryset: QuerySet[VehicleAlias]) -> None:
        """Turn the selected rows off."""
        count = queryset.filter(is_active=True).update(is_active=False)
        self.message_user(request, f"Выключено: {count}.", messages.SUCCESS)

    @admin.action(description="Включить выбранные")
    def turn_on(self, request: HttpRequest, queryset: QuerySet[VehicleAlias]) -> None:
        """Turn the selected rows on, except those whose spelling means something else meanwhile."""
        count = 0
        conflicts = []
        for row in queryset.filter(is_active=False):
            if conflict := other_meaning(row):
                conflicts.append(_already_means(conflict))
            else:
                count += VehicleAlias.objects.filter(pk=row.pk).update(is_active=True)
        self.message_user(request, f"Включено: {count}.", messages.SUCCESS)
        for text in conflicts[:_SHOWN_MESSAGES]:
            self.message_user(request, text, messages.WARNING)

    def get_deleted_objects(self, objs: Any, request: HttpRequest) -> Any:
        """Return what prevents the deletion: a shipped row would come back with the next release."""
        shipped = [f"{row}: строка из поставки, её можно только выключить" for row in objs if not row.is_own]
        if shipped:
            return [], {}, set(), shipped
        return super().get_deleted_objects(objs, request)
