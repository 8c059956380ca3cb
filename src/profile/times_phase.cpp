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

Duration expected(const Work& work, const Cell& cell) {
  const auto& settings = work.settings;
  if (cell.threads == 0) return settings.visit.at_least;
  const double crowd =
      std::max(1.0, static_cast<double>(cell.concurrency) / static_cast<double>(settings.cores));
  const Duration run =
      from_seconds(seconds(work.subjects.at(cell.variant)->typical()) * cell.batch * crowd);
  const auto runs = static_cast<std::int64_t>(settings.visit.runs_min);
  return run + std::max(settings.visit.at_least, run * runs);
}

// Of all answers to the labelled set.
Duration expected_answers(const Work& work, std::uint32_t v) {
  return from_seconds(seconds(work.subjects.at(v)->typical()) / work.settings.cores *
                      static_cast<double>(work.set.items.size()));
}

// Now that it is known how long each network takes, so that the time left is about right from here.
void expect_the_rest(Work& work) {
  Duration answers{}, sizes{};
  for (const auto& [v, subject] : work.subjects) {
    answers += expected_answers(work, v);
    sizes += expected_sizes(work, v);
  }
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
      for (const Cell& cell : cells_of(v, work.settings.axes, subject.takes_batches())) {
        cells_.push_back(cell);
      }
      if (subject.has_handling()) cells_.push_back(handling_cell(v));
    }
    keep_ = bytes * steps(work.settings.axes.threads_max).size() <= kKeptBytesMax;
  }

  Status run() {
    Duration all{};
    for (const Cell& cell : cells_) {
      all += expected(work_, cell) * static_cast<std::int64_t>(work_.settings.rounds);
    }
    work_.course.expect("times", all);
    for (std::size_t round = 1; round <= work_.settings.rounds_most; ++round) {
      // In another order each time, so that no cell always follows the same one.
      std::vector<Cell> order = cells_;
      Random random = Random(1).stream(round);
      for (std::size_t left = order.size(); left > 1; --left) {
        std::swap(order[left - 1], order[random.below(left)]);
      }
      for (const Cell& cell : order) {
        if (work_.around.stop) return interrupted();
        if (work_.left_out.contains(cell.variant)) continue;
        if (round > work_.settings.rounds && settled(cell)) continue;
        if (Status done = visit(cell, round); !done) return done;
      }
    }
    for (const Cell& cell : cells_) {
      if (work_.left_out.contains(cell.variant)) continue;
      VariantProfile& profile = work_.profiles[cell.variant];
      const CellTimes times = sum_up(visits_[cell]);
      if (cell.threads == 0)
        profile.handling = times;
      else
        profile.times[cell] = times;
    }
    return {};
  }

 private:
  bool settled(const Cell& cell) {
    return sum_up(visits_[cell]).difference <= work_.settings.tolerance;
  }

  Status visit(const Cell& cell, std::size_t round) {
    const std::string what =
        round > work_.settings.rounds
            ? fmt::format("times, once more what has not settled: {}", work_.name(cell.variant))
            : fmt::format("times, round {} of {}: {}", round, work_.settings.rounds,
                          work_.name(cell.variant));
    work_.course.advance("times", expected(work_, cell), what);
    if (visits_[cell].size() >= round) return {};
    Subject& subject = *work_.subjects.at(cell.variant);
    auto visited = cell.threads == 0 ? subject.visit_handling(work_.settings.visit)
                                     : subject.visit(cell, work_.settings.visit);
    if (!visited) {
      work_.leave_out(cell.variant, visited.error());
      return {};
    }
    visits_[cell].push_back(*visited);
    if (!keep_) subject.release();
    return log_.append(row_of(cell, work_.name(cell.variant), round, *visited));
  }

  Work& work_;
  LogFile& log_;
  Visits visits_;
  std::vector<Cell> cells_;
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

Status grade_all(Work& work) {
  if (work.set.empty()) return {};
  for (const std::uint32_t v : work.variants()) {
    Subject& subject = *work.subjects.at(v);
    if (!subject.model().gives_classes()) continue;
    const auto& labels = subject.model().task->labels;
    const std::string file = work.path("answers/" + work.name(v) + ".csv");
    const std::string what = fmt::format("answers of {}", work.name(v));
    auto answers = read_answers(file, work.set, labels);
    if (!answers) {
      std::size_t before = 0;
      answers =
          ask_all(subject, work.set, work.settings.cores, work.around.stop, [&](std::size_t done) {
            const double share =
                static_cast<double>(done - before) / static_cast<double>(work.set.items.size());
            work.course.advance("answers", from_seconds(seconds(expected_answers(work, v)) * share),
                                what);
            before = done;
          });
      if (!answers) return answers.error();
      Status kept = work.around.save(file, answers_csv(work.set, labels, *answers));
      if (!kept) return kept;
    } else {
      work.course.advance("answers", expected_answers(work, v), what);
    }
    work.profiles[v].grades = grades_of(work.set, *answers);
    if (work.profiles[v].grades->answered == 0) {
      work.leave_out(v, {ErrorCode::invalid, "answered nothing of the labelled set; the first: " +
                                                 (*answers)[0].trouble});
    }
  }
  return {};
}

}  // namespace paragon::profile
