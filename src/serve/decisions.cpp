#include "serve/decisions.h"

#include <algorithm>

namespace paragon {

const char* name(Fate fate) {
  switch (fate) {
    case Fate::pending:
      return "pending";
    case Fate::answered:
      return "answered";
    case Fate::rejected:
      return "rejected";
    case Fate::lost:
      return "lost";
    case Fate::throttled:
      return "throttled";
    case Fate::abandoned:
      return "abandoned";
    case Fate::refused:
      return "refused";
  }
  return "unknown";
}

DecisionRecord& Decisions::add(DecisionId id) {
  std::size_t place = id.value % kKept;
  if (place >= ring_.size()) {
    ring_.resize(std::min(kKept, std::max<std::size_t>(place + 1, ring_.size() * 2)));
    used_.resize(ring_.size());
  }
  DecisionRecord& record = ring_[place];
  record = DecisionRecord{};
  record.decision = id;
  record.previous = id;
  used_[place] = true;
  newest_ = std::max(newest_, id.value);
  return record;
}

DecisionRecord* Decisions::find(DecisionId id) {
  std::size_t place = id.value % kKept;
  if (place >= ring_.size() || !used_[place] || ring_[place].decision != id) return nullptr;
  return &ring_[place];
}

std::vector<const DecisionRecord*> Decisions::last(std::size_t n) const {
  std::vector<const DecisionRecord*> found;
  n = std::min(n, kKept);
  for (std::uint64_t back = 0; back < kKept && back <= newest_ && found.size() < n; ++back) {
    if (const DecisionRecord* record = find(DecisionId{newest_ - back})) found.push_back(record);
  }
  return found;
}

}  // namespace paragon
