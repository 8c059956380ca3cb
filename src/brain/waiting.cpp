#include "brain/waiting.h"

#include <algorithm>

namespace paragon {

void Waiting::add(std::uint32_t row, Flight& flight, Time leave_at) {
  flight.place = Flight::Place::waiting;
  const Time when = flight.deadline == kNever ? flight.arrived + kPatience : flight.deadline;
  by_deadline_.push(row, {when, flight.decision.value});
  if (leave_at != kNever) by_leave_.push(row, {leave_at, flight.decision.value});
  backlog_ += flight.queued;
  if (flight.query_class == QueryClass::strict) strict_backlog_ += flight.queued;
}

void Waiting::remove(std::uint32_t row, Flight& flight) {
  by_deadline_.erase(row);
  if (by_leave_.contains(row)) by_leave_.erase(row);
  flight.place = Flight::Place::none;
  backlog_ -= flight.queued;
  if (flight.query_class == QueryClass::strict) strict_backlog_ -= flight.queued;
}

void Waiting::demote(std::uint32_t row, const Flight& flight) {
  by_deadline_.erase(row);
  const Duration patience =
      std::clamp(kLatePatience * (flight.deadline - flight.arrived), kLatePatienceLeast, kPatience);
  by_deadline_.push(row, {flight.arrived + patience, flight.decision.value});
}

}  // namespace paragon
