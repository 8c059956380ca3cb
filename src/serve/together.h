// A query that an ensemble answers, from its split to its verdict: each member is a query of its
// own to the brain, and this is who asks them all.
//
// The verdict is made when the last member has ended, or shortly before the deadline with the
// answers that are there by then; where there are none, with the first that comes. What comes later
// is dropped, and members that still wait are given up. The votes are counted by whoever renders
// the answer (serve/infer).
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <vector>

#include "serve/controller.h"

namespace paragon {

class Together : public std::enable_shared_from_this<Together> {
 public:
  using Decided = std::function<void(Together& query)>;

  // `decided` is called once, when the verdict can be made, unless nobody waits for it any more.
  Together(Ask ask, std::unique_ptr<Asker> asker, Route route, std::size_t members,
           Decided decided);

  // Who asks on behalf of the member with this number. One that is destroyed without a verdict has
  // ended without an answer.
  std::unique_ptr<Asker> asker_of(std::size_t member);
  void refused(std::size_t member, Refused refusal);  // on arrival: it never had an asker
  // The last moment before the deadline has come.
  void hurry();

  const Ask& ask() const { return ask_; }
  const Route& route() const { return route_; }
  Asker& client() { return *asker_; }
  // By member; nothing: it has not answered.
  const std::vector<std::optional<Answered>>& answers() const { return answers_; }
  // Where nobody has answered: what the client is told.
  Verdict failure();
  std::vector<std::optional<Answered>> take_answers() { return std::move(answers_); }

  std::optional<Duration> bound;  // as the client said it
  Loop::Timer last_moment;

 private:
  class Member;

  void ended(std::size_t member, std::optional<Verdict> verdict);
  bool nobody_waits() const { return decided_ || asker_->abandoned(); }
  void decide();

  Ask ask_;
  std::unique_ptr<Asker> asker_;
  Route route_;
  std::vector<std::optional<Answered>> answers_;
  std::optional<Verdict> failure_;  // the last one
  std::size_t running_;
  bool hurried_ = false;
  bool decided_ = false;
  Decided when_decided_;
};

}  // namespace paragon
