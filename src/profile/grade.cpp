#include "profile/grade.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <thread>

#include "catalog/node.h"
#include "profile/csv_text.h"

namespace paragon::profile {

Grades grades_of(const LabelledSet& set, const std::vector<Answer>& answers) {
  Grades grades;
  for (std::size_t i = 0; i < answers.size(); ++i) {
    const auto& best = answers[i].best;
    if (best.empty()) continue;
    ++grades.answered;
    const auto right = static_cast<int>(set.items[i].label);
    const auto found = std::find_if(best.begin(), best.end(),
                                    [&](const Ranked& ranked) { return ranked.label == right; });
    if (found == best.begin()) ++grades.top1;
    if (found != best.end()) ++grades.top5;
  }
  return grades;
}

Result<std::vector<Answer>> ask_all(Subject& subject, const LabelledSet& set, int callers,
                                    const std::atomic<bool>& stop,
                                    const std::function<void(std::size_t)>& done) {
  std::vector<Answer> answers(set.items.size());
  std::atomic<std::size_t> next{0};
  const auto work = [&](bool reports) {
    Subject::Scratch scratch;
    for (std::size_t i = next++; i < answers.size() && !stop; i = next++) {
      auto best = subject.answer(set, set.items[i], kAnswersKept, scratch);
      if (best) {
        answers[i].best = std::move(*best);
      } else {
        answers[i].trouble = best.error().message;
      }
      if (reports) done(i);
    }
  };
  std::vector<std::thread> threads;
  for (int i = 1; i < callers; ++i) threads.emplace_back(work, false);
  work(true);
  for (std::thread& thread : threads) thread.join();
  if (stop) return {ErrorCode::unavailable, "interrupted"};
  return answers;
}

std::string answers_csv(const LabelledSet& set, const std::vector<std::string>& labels,
                        const std::vector<Answer>& answers) {
  std::string text = "item,label";
  for (std::size_t k = 1; k <= kAnswersKept; ++k) text += fmt::format(",top{0},score{0}", k);
  text += ",trouble\n";
  for (std::size_t i = 0; i < answers.size(); ++i) {
    text += csv_cell(set.items[i].name) + "," + csv_cell(labels[set.items[i].label]);
    for (std::size_t k = 0; k < kAnswersKept; ++k) {
      const auto& best = answers[i].best;
      text +=
          k < best.size()
              ? fmt::format(",{},{:.5f}", csv_cell(labels[static_cast<std::size_t>(best[k].label)]),
                            best[k].score)
              : ",,";
    }
    text += "," + csv_cell(answers[i].trouble) + "\n";
  }
  return text;
}

Result<std::vector<Answer>> read_answers(const std::string& file, const LabelledSet& set,
                                         const std::vector<std::string>& labels) {
  const auto table = read_csv(file);
  if (!table) return table.error();
  const Error other{ErrorCode::invalid, file + ": is of another labelled set"};
  if (table->items.size() != set.items.size()) return other;
  std::vector<Answer> answers(set.items.size());
  for (std::size_t i = 0; i < answers.size(); ++i) {
    const Node& row = table->items[i];
    const Node* name = row.find("item");
    if (name == nullptr || name->text != set.items[i].name) return other;
    if (const Node* trouble = row.find("trouble")) answers[i].trouble = trouble->text;
    for (std::size_t k = 1; k <= kAnswersKept; ++k) {
      const Node* label = row.find(fmt::format("top{}", k));
      const Node* score = row.find(fmt::format("score{}", k));
      if (label == nullptr || score == nullptr) break;
      const auto found = std::find(labels.begin(), labels.end(), label->text);
      float value = 0;
      const char* end = score->text.data() + score->text.size();
      const auto [rest, error] = std::from_chars(score->text.data(), end, value);
      if (found == labels.end() || error != std::errc{} || rest != end) return other;
      answers[i].best.push_back({static_cast<int>(found - labels.begin()), value});
    }
    if (answers[i].best.empty() && answers[i].trouble.empty()) return other;
  }
  return answers;
}

}  // namespace paragon::profile
