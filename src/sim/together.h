// Queries that an ensemble answers: whose members are still on their way, who has voted, and when
// that makes an answer.
//
// An answer goes out when the last member has ended, or at the last moment before the deadline with
// the votes that are there by then; where there are none, with the first that comes. Members that
// end later change nothing but the bill.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "base/id.h"
#include "base/time.h"
#include "base/units.h"
#include "catalog/ensemble.h"

namespace paragon::sim {

class Together {
 public:
  struct Query {
    EnsembleId ensemble;
    std::uint32_t of_class = 0;
    Time arrived{};
    Time last_moment = kNever;  // to leave for the client and be on time
    std::uint32_t members = 0;
  };
  // How one member ended, at `when`.
  struct Vote {
    VariantId variant;
    Accuracy accuracy;
    Dollars cost;
  };
  // What became of a query.
  struct Verdict {
    Query query;
    Time when{};              // of the answer
    std::uint32_t votes = 0;  // none: no member answered
    Vote best;                // the most accurate that voted
    Dollars cost;             // of those that voted
  };

  std::uint32_t open(const Query& query) {
    std::uint32_t id = free_;
    if (id == kNone) {
      id = static_cast<std::uint32_t>(groups_.size());
      groups_.emplace_back();
    } else {
      free_ = groups_[id].next_free;
    }
    groups_[id] = {};
    groups_[id].verdict.query = query;
    groups_[id].running = query.members;
    return id;
  }

  // One member has ended: with a vote, or without. Gives the verdict when that brings it.
  std::optional<Verdict> end_member(std::uint32_t id, const std::optional<Vote>& vote, Time when) {
    Group& g = groups_[id];
    Verdict& v = g.verdict;
    std::optional<Verdict> made;
    const auto decide = [&](Time at) {
      v.when = at;
      g.decided = true;
      made = v;
    };
    // Those that were there at the last moment have answered already.
    if (!g.decided && v.votes > 0 && when > v.query.last_moment) decide(v.query.last_moment);
    if (!g.decided && vote) {
      if (v.votes == 0 || vote->accuracy > v.best.accuracy) v.best = *vote;
      ++v.votes;
      v.cost += vote->cost;
      if (when > v.query.last_moment) decide(when);
    }
    --g.running;
    if (!g.decided && g.running == 0) decide(when);
    if (g.running == 0) {
      g.next_free = free_;
      free_ = id;
    }
    return made;
  }

 private:
  static constexpr std::uint32_t kNone = UINT32_MAX;
  struct Group {
    Verdict verdict;
    std::uint32_t running = 0;
    std::uint32_t next_free = kNone;
    bool decided = false;
  };
  std::vector<Group> groups_;
  std::uint32_t free_ = kNone;
};

}  // namespace paragon::sim
