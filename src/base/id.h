// Identities: a MachineId never compares with a QueryId.
//
// Ids of catalog entries are positions in the catalog's tables; ids of machines, queries and
// decisions are given out in ascending order by the brain.
#pragma once

#include <compare>
#include <cstdint>
#include <functional>

namespace paragon {

template <class Tag, class Value = std::uint32_t>
struct Id {
  Value value = 0;

  constexpr std::size_t index() const { return static_cast<std::size_t>(value); }
  // NOLINTNEXTLINE(modernize-use-nullptr): clang-tidy 14 sees a literal 0 in the default
  friend constexpr auto operator<=>(Id, Id) = default;
};

using TaskId = Id<struct TaskTag>;
using VariantId = Id<struct VariantTag>;
using MachineOfferId = Id<struct MachineOfferTag>;
using FunctionOfferId = Id<struct FunctionOfferTag>;
using MachineId = Id<struct MachineTag>;
using QueryId = Id<struct QueryTag, std::uint64_t>;
using DecisionId = Id<struct DecisionTag, std::uint64_t>;

}  // namespace paragon

template <class Tag, class Value>
struct std::hash<paragon::Id<Tag, Value>> {
  std::size_t operator()(paragon::Id<Tag, Value> id) const noexcept {
    return std::hash<Value>{}(id.value);
  }
};
