#include "serve/together.h"

#include <algorithm>

namespace paragon {

class Together::Member final : public Asker {
 public:
  Member(std::shared_ptr<Together> query, std::size_t number)
      : query_(std::move(query)), number_(number) {}
  ~Member() override {
    if (query_) query_->ended(number_, std::nullopt);
  }
  Member(const Member&) = delete;
  Member& operator=(const Member&) = delete;

  void verdict(Verdict&& verdict) override {
    std::exchange(query_, nullptr)->ended(number_, std::move(verdict));
  }
  bool abandoned() const override { return query_->nobody_waits(); }

 private:
  std::shared_ptr<Together> query_;
  std::size_t number_;
};

Together::Together(Ask ask, std::unique_ptr<Asker> asker, Route route, std::size_t members,
                   Decided decided)
    : ask_(std::move(ask)),
      asker_(std::move(asker)),
      route_(route),
      answers_(members),
      running_(members),
      when_decided_(std::move(decided)) {}

std::unique_ptr<Asker> Together::asker_of(std::size_t member) {
  return std::make_unique<Member>(shared_from_this(), member);
}

void Together::refused(std::size_t member, Refused refusal) { ended(member, Verdict(refusal)); }

void Together::ended(std::size_t member, std::optional<Verdict> verdict) {
  --running_;
  if (decided_) return;
  if (verdict) {
    if (auto* answered = std::get_if<Answered>(&*verdict)) {
      answers_[member] = std::move(*answered);
    } else if (!failure_ || !std::holds_alternative<Rejected>(*failure_)) {
      failure_ = std::move(verdict);  // that the request is wrong says more than that it is busy
    }
  }
  const bool some = std::any_of(answers_.begin(), answers_.end(),
                                [](const auto& answer) { return answer.has_value(); });
  if (running_ == 0 || (hurried_ && some)) decide();
}

void Together::hurry() {
  hurried_ = true;
  const bool some = std::any_of(answers_.begin(), answers_.end(),
                                [](const auto& answer) { return answer.has_value(); });
  if (some && !decided_) decide();
}

void Together::decide() {
  const bool gone = nobody_waits();
  decided_ = true;
  last_moment.cancel();
  if (!gone) when_decided_(*this);
}

Verdict Together::failure() {
  if (failure_) return std::move(*failure_);
  return Refused{route_.decision, Reason::machine_lost, std::chrono::seconds(1), {}};
}

}  // namespace paragon
