#include "wire/connection.h"
#include "wire/refusal.h"
#include "wire/reply_state.h"

namespace paragon::http {

Reply::State::State(std::weak_ptr<Connection> of, std::uint64_t at)
    : connection(std::move(of)), sequence(at) {}

Reply::State::State(std::function<void(Response)> to)
    : elsewhere(std::make_unique<std::function<void(Response)>>(std::move(to))) {}

Reply::State::~State() {
  if (!answered) answer(error_answer(500, "the request was dropped without an answer"));
}

void Reply::State::answer(Response response) {
  if (answered) return;
  answered = true;
  if (elsewhere) return (*elsewhere)(std::move(response));
  if (auto to = connection.lock()) to->answer(sequence, std::move(response));
}

void Reply::operator()(Response response) const { state_->answer(std::move(response)); }

Reply Reply::to(std::function<void(Response)> answered) {
  return Reply(std::make_shared<State>(std::move(answered)));
}

bool Reply::abandoned() const {
  if (state_->elsewhere) return false;
  const auto connection = state_->connection.lock();
  return !connection || connection->gone();
}

}  // namespace paragon::http
