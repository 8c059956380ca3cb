#include "wire/connection.h"
#include "wire/refusal.h"
#include "wire/reply_state.h"

namespace paragon::http {

Reply::State::State(std::weak_ptr<Connection> of, std::uint64_t at)
    : connection(std::move(of)), sequence(at) {}

Reply::State::~State() {
  if (!answered) answer(error_answer(500, "the request was dropped without an answer"));
}

void Reply::State::answer(Response response) {
  if (answered) return;
  answered = true;
  if (auto to = connection.lock()) to->answer(sequence, std::move(response));
}

void Reply::operator()(Response response) const { state_->answer(std::move(response)); }

bool Reply::abandoned() const {
  const auto connection = state_->connection.lock();
  return !connection || connection->gone();
}

}  // namespace paragon::http
