#include "catalog/ensemble.h"

namespace paragon {

const char* name(VoteRule rule) {
  return rule == VoteRule::majority ? "majority" : "class_weighted";
}

}  // namespace paragon
