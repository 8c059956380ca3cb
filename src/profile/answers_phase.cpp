// Answers: the same labelled items through every variant, as many as the time allows.
#include <fmt/format.h>

#include <algorithm>

#include "profile/grade.h"
#include "profile/work.h"
#include "report/number.h"

namespace paragon::profile {
namespace {

// The same items for every variant, so that their answers can be combined. By the times just
// measured, which the folder holds: a run that goes on asks about the same ones.
void narrow(Work& work) {
  if (work.settings.all_items) return;
  Duration each{};
  for (const auto& [v, profile] : work.profiles) {
    if (!work.subjects.at(v)->model().gives_classes()) continue;
    each += profile.alone().mean;
    if (profile.handling) each += profile.handling->mean;
  }
  const std::size_t all = work.set.items.size();
  const std::size_t some = items_within(work.budget.answers, each, work.settings.cores, all);
  if (some == all) return;
  work.set.keep_evenly(some);
  work.set.from = fmt::format("{} of {}", count_text(some), work.set.from);
}

}  // namespace

Duration expected_answers(const Work& work, std::uint32_t v) {
  return from_seconds(seconds(work.subjects.at(v)->typical()) / work.settings.cores *
                      static_cast<double>(work.set.items.size()));
}

Status grade_all(Work& work) {
  if (work.set.empty()) return {};
  narrow(work);
  Duration all{};
  for (const std::uint32_t v : work.variants()) all += expected_answers(work, v);
  work.course.expect("answers", all);
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
