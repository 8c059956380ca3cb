// Service times: every cell in turn, round after round.
#include <fmt/format.h>

#include <algorithm>
#include <filesystem>

#include "base/random.h"
#include "profile/rounds_log.h"
#include "profile/work.h"

namespace paragon::profile {
namespace {

// Sessions of other numbers of threads are kept between visits as long as the networks are small.
constexpr std::uintmax_t kKeptBytesMax = std::uintmax_t{512} << 20;

// Runs that are long are fewer: a visit is to take no longer than this beyond the first two.
constexpr Duration kRunsMost = std::chrono::milliseconds(150);
constexpr Duration kTurnsMost = std::chrono::seconds(1);
constexpr Duration kWarmUp = std::chrono::milliseconds(5);

Duration typical_run(const Work& work, const Cell& cell) {
  const double crowd = std::max(1.0, static_cast<double>(cell.concurrency) / work.settings.cores);
  return from_seconds(seconds(work.subjects.at(cell.variant)->typical()) * cell.batch * crowd);
}

VisitSettings visit_settings(const Work& work, const Cell& cell) {
  if (cell.threads == 0) return work.settings.visit;
  const Duration run = typical_run(work, cell);
  if (!cell.in_turn) return shortened(work.settings.visit, run, kRunsMost);
  return shortened(work.settings.turn_visit, run / cell.concurrency, kTurnsMost);
}

Duration expected(const Work& work, const Cell& cell) {
  const VisitSettings settings = visit_settings(work, cell);
  if (cell.threads == 0) return settings.at_least;
  const Duration run = typical_run(work, cell);
  const Duration each = cell.in_turn ? run / cell.concurrency : run;
  return run + std::max(settings.at_least, each * static_cast<std::int64_t>(settings.runs_min));
}

// How long a visit took, warm-up and all, by what its line says.
Duration cost_of(const Cell& cell, const Visit& visit) {
  const double turns = static_cast<double>(visit.runs) / cell.concurrency;
  return from_seconds(seconds(visit.mean) * (turns + 1)) + kWarmUp;
}

// Now that it is known how long each network takes, so that the time left is about right from here.
void expect_the_rest(Work& work) {
  Duration answers{}, sizes{};
  for (const auto& [v, subject] : work.subjects) {
    answers += expected_answers(work, v);
    sizes += expected_sizes(work, v);
  }
  if (!work.settings.all_items) answers = std::min(answers, work.budget.answers);
  work.course.expect("answers", answers);
  work.course.expect("sizes", sizes * static_cast<std::int64_t>(work.settings.size_rounds));
}

class Rounds {
 public:
  Rounds(Work& work, LogFile& log, Visits visits)
      : work_(work), log_(log), visits_(std::move(visits)) {
    std::uintmax_t bytes = 0;
    for (const std::uint32_t v : work.variants()) {
      std::error_code ignored;
      bytes += std::filesystem::file_size(work.catalog.variants()[v].file, ignored);
      const Subject& subject = *work.subjects.at(v);
      add(cells_of(v, work.settings.axes, subject.takes_batches()));
      if (work.settings.turns) add(turn_cells(v, work.settings.cores));
      if (subject.has_handling()) cells_.push_back(handling_cell(v));
    }
    keep_ = bytes * steps(work.settings.axes.threads_max).size() <= kKeptBytesMax;
  }

  Status run() {
    const ProfileSettings& settings = work_.settings;
    Duration all{};
    for (const Cell& cell : cells_) {
      all += expected(work_, cell) * static_cast<std::int64_t>(settings.rounds);
    }
    work_.course.expect("times", all);
    rounds_ = 0;
    while (rounds_ < settings.rounds && (rounds_ < settings.rounds_least || another_fits())) {
      ++rounds_;
      const std::string what = fmt::format("round {} of {}", rounds_, settings.rounds);
      for (const Cell& cell : order_of(rounds_)) {
        if (Status done = visit(cell, rounds_, what); !done) return done;
      }
    }
    // Once more what has not settled, what the catalog states first, while there is time.
    for (std::size_t round = rounds_ + 1; round <= settings.rounds_most; ++round) {
      std::vector<Cell> order = order_of(round);
      std::stable_partition(order.begin(), order.end(), [](const Cell& c) { return c.alone(); });
      for (const Cell& cell : order) {
        if (work_.left_out.contains(cell.variant) || settled(cell)) continue;
        if (spent_ + cost_of(cell, visits_[cell].front()) > work_.budget.times) continue;
        if (Status done = visit(cell, round, "once more what has not settled"); !done) return done;
      }
    }
    work_.rounds = rounds_;
    for (const Cell& cell : cells_) {
      if (!work_.left_out.contains(cell.variant)) keep(cell, sum_up(visits_[cell]));
    }
    return {};
  }

 private:
  void add(const std::vector<Cell>& cells) {
    cells_.insert(cells_.end(), cells.begin(), cells.end());
  }

  // In another order each time, so that no cell always follows the same one.
  std::vector<Cell> order_of(std::size_t round) const {
    std::vector<Cell> order = cells_;
    Random random = Random(1).stream(round);
    for (std::size_t left = order.size(); left > 1; --left) {
      std::swap(order[left - 1], order[random.below(left)]);
    }
    return order;
  }

  bool another_fits() const {
    return spent_ + spent_ / static_cast<std::int64_t>(rounds_) <= work_.budget.times;
  }

  bool settled(const Cell& cell) {
    return cell.in_turn || sum_up(visits_[cell]).difference <= work_.settings.tolerance;
  }

  Result<Visit> measure(const Cell& cell) {
    Subject& subject = *work_.subjects.at(cell.variant);
    const VisitSettings settings = visit_settings(work_, cell);
    if (cell.threads == 0) return subject.visit_handling(settings);
    if (!cell.in_turn) return subject.visit(cell, settings);
    return subject.visit_in_turn(work_.settings.cores, cell.concurrency, settings);
  }

  Status visit(const Cell& cell, std::size_t round, const std::string& what) {
    if (work_.around.stop) return interrupted();
    if (work_.left_out.contains(cell.variant)) return {};
    work_.course.advance("times", expected(work_, cell),
                         fmt::format("times, {}: {}", what, work_.name(cell.variant)));
    auto& visits = visits_[cell];
    if (visits.size() < round) {
      const auto visited = measure(cell);
      if (!visited) {
        work_.leave_out(cell.variant, visited.error());
        return {};
      }
      if (!keep_) work_.subjects.at(cell.variant)->release();
      const LogCells line = row_of(cell, work_.name(cell.variant), round, *visited);
      // As the line says it, so that a run that goes on decides alike.
      const auto again = visits_of({line}, work_.catalog);
      if (!again) return again.error();
      visits.push_back(again->at(cell).front());
      if (Status kept = log_.append(line); !kept) return kept;
    }
    spent_ += cost_of(cell, visits[round - 1]);
    return {};
  }

  void keep(const Cell& cell, CellTimes times) {
    VariantProfile& profile = work_.profiles[cell.variant];
    if (cell.threads == 0)
      profile.handling = std::move(times);
    else if (cell.in_turn)
      profile.in_turn[cell.concurrency] = std::move(times);
    else
      profile.times[cell] = std::move(times);
  }

  Work& work_;
  LogFile& log_;
  Visits visits_;
  std::vector<Cell> cells_;
  std::size_t rounds_ = 0;  // done of those that visit every cell
  Duration spent_{};        // on all visits so far, whenever they were
  bool keep_ = true;
};

}  // namespace

Status load_subjects(Work& work) {
  for (const std::uint32_t v : work.variants()) {
    if (work.around.stop) return interrupted();
    work.course.advance("starts", Duration(0), fmt::format("loading {}", work.name(v)));
    auto subject = Subject::open(work.catalog, VariantId{v}, work.set);
    if (!subject) {
      work.leave_out(v, subject.error());
      continue;
    }
    work.subjects[v] = std::move(*subject);
  }
  expect_the_rest(work);
  return {};
}

Status measure_times(Work& work) {
  const std::string file = work.path("rounds.csv");
  auto log = LogFile::open(file, kRoundsHeader);
  if (!log) return log.error();
  auto visits = visits_of((*log)->rows(), work.catalog);
  if (!visits) return {ErrorCode::invalid, fmt::format("{}:{}", file, visits.error().message)};
  return Rounds(work, **log, std::move(*visits)).run();
}

}  // namespace paragon::profile
