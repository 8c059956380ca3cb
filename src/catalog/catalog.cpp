#include "catalog/catalog.h"

#include <fmt/format.h>

#include <algorithm>

#include "catalog/check.h"
#include "catalog/derive.h"

namespace paragon {
namespace {

template <class Id, class Entries>
std::optional<Id> position(const Entries& entries, std::string_view name) {
  const auto found =
      std::ranges::find(entries, name, [](const auto& e) -> std::string_view { return e.name; });
  if (found == entries.end()) return std::nullopt;
  return Id{static_cast<std::uint32_t>(found - entries.begin())};
}

}  // namespace

Result<Catalog> Catalog::build(Parts parts) {
  if (const std::vector<Flaw> flaws = check(parts); !flaws.empty()) {
    std::string text;
    for (const Flaw& flaw : flaws)
      text +=
          fmt::format("{}{}[{}].{}: got {}, expected {}", text.empty() ? "" : "\n",
                      paragon::name(flaw.table), flaw.entry, flaw.field, flaw.got, flaw.expected);
    return {ErrorCode::invalid, text};
  }
  for (Task& task : parts.tasks) task.variants.clear();
  for (std::size_t v = 0; v < parts.variants.size(); ++v)
    parts.tasks[parts.variants[v].task.index()].variants.push_back(
        VariantId{static_cast<std::uint32_t>(v)});

  Catalog catalog;
  catalog.on_machine_.reserve(parts.variants.size() * parts.machine_offers.size());
  catalog.on_function_.reserve(parts.variants.size() * parts.function_offers.size());
  for (std::size_t v = 0; v < parts.variants.size(); ++v) {
    for (const MachineOffer& offer : parts.machine_offers)
      catalog.on_machine_.push_back(derive(parts.variants[v], parts.profiles[v], offer));
    for (const FunctionOffer& offer : parts.function_offers)
      catalog.on_function_.push_back(derive(parts.variants[v], parts.profiles[v], offer));
  }
  catalog.parts_ = std::move(parts);
  return catalog;
}

int Catalog::slots_most(MachineOfferId offer) const {
  int most = 1;
  for (std::uint32_t v = 0; v < parts_.variants.size(); ++v)
    most = std::max(most, profile(VariantId{v}, offer).slots);
  return most;
}

std::optional<TaskId> Catalog::find_task(std::string_view name) const {
  return position<TaskId>(parts_.tasks, name);
}

std::optional<VariantId> Catalog::find_variant(std::string_view name) const {
  return position<VariantId>(parts_.variants, name);
}

std::optional<MachineOfferId> Catalog::find_machine_offer(std::string_view name) const {
  return position<MachineOfferId>(parts_.machine_offers, name);
}

std::optional<FunctionOfferId> Catalog::find_function_offer(std::string_view name) const {
  return position<FunctionOfferId>(parts_.function_offers, name);
}

}  // namespace paragon
