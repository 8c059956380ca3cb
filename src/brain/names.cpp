#include "brain/orders.h"
#include "brain/route.h"

namespace paragon {

const char* name(Reason reason) {
  switch (reason) {
    case Reason::free_slot:
      return "free_slot";
    case Reason::slot_freed:
      return "slot_freed";
    case Reason::no_free_slot:
      return "no_free_slot";
    case Reason::last_moment:
      return "last_moment";
    case Reason::slack:
      return "slack";
    case Reason::queue_in_time:
      return "queue_in_time";
    case Reason::machine_lost:
      return "machine_lost";
    case Reason::machine_booting:
      return "machine_booting";
    case Reason::no_machine:
      return "no_machine";
    case Reason::infeasible:
      return "infeasible";
    case Reason::overload:
      return "overload";
    case Reason::waiting_room_full:
      return "waiting_room_full";
    case Reason::over_budget:
      return "over_budget";
    case Reason::function_share:
      return "function_share";
    case Reason::together:
      return "together";
    case Reason::late:
      return "late";
  }
  return "?";
}

const char* name(OrderReason reason) {
  switch (reason) {
    case OrderReason::demand:
      return "demand";
    case OrderReason::forecast:
      return "forecast";
    case OrderReason::floor:
      return "floor";
    case OrderReason::replacement:
      return "replacement";
    case OrderReason::surplus:
      return "surplus";
    case OrderReason::interruption:
      return "interruption";
    case OrderReason::ceiling:
      return "ceiling";
    case OrderReason::keep_warm:
      return "keep_warm";
  }
  return "?";
}

}  // namespace paragon
