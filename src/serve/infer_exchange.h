// The way back of one query: turns the controller's verdict into the response that the client's
// request asked for.
#pragma once

#include <string>

#include "brain/query.h"
#include "brain/select.h"
#include "serve/controller.h"
#include "wire/http_server.h"
#include "wire/oip.h"

namespace paragon {

class InferExchange final : public Asker {
 public:
  // `query`: its constraints with the task's defaults. `form`: the request, which says how the
  // answer is to be written. The controller must outlive the exchange.
  InferExchange(Controller& controller, const Query& query, std::size_t top_k, bool explain,
                oip::InferRequest form, Time arrived, http::Reply reply);

  bool abandoned() const override { return reply_.abandoned(); }
  void verdict(Verdict&& verdict) override;

 private:
  // What an answer says of how it came to be.
  struct Served;

  http::Response answer(Answered&& answered) const;
  http::Response answer(const AnsweredTogether& together) const;
  http::Response render(oip::InferResponse& out, const Served& served) const;
  http::Response refusal(const Refused& refused) const;
  // Which bounds a best effort gave up for this pick.
  Relaxation relaxation(const Pick& pick) const;
  std::string explanation(const Answered& answered) const;

  Controller& controller_;
  Query query_;
  std::size_t top_k_;
  bool explain_;
  oip::InferRequest form_;
  Time arrived_;
  http::Reply reply_;
};

}  // namespace paragon
