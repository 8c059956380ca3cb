// Ensembles of the profiled variants: which are worth having, and whether they are on items that
// their choice did not see.
//
// One half of the labelled set (by a hash of each item's name) chooses the sets and their weights;
// the other half says how accurate they are, and by how much more than their best member, asked the
// same items. What a catalog gets are those that are better there beyond doubt.
#pragma once

#include <string>
#include <vector>

#include "catalog/catalog.h"
#include "ensemble/search.h"
#include "profile/labelled_set.h"
#include "profile/profile.h"

namespace paragon::profile {

// What a core costs for a second, and on which offer: sets are compared at this price.
struct CorePrice {
  std::string offer;
  Dollars second;
};
// The cheapest of the machine offers by core, with their speed; without any, AWS Lambda's.
CorePrice core_price(const std::vector<MachineOffer>& offers);

struct EnsembleProfile {
  std::string name;
  ensemble::FoundSet set;  // members are positions in Profile::variants
  std::vector<std::vector<double>> weights;
  ensemble::Tally measured;       // on the half held out
  std::uint32_t best_member = 0;  // the most accurate there, position in Profile::variants
  ensemble::Tally best_alone;     // there
  ensemble::Duel against_best;    // there

  // Less than one in forty that it is not: the half above of a 95 % interval.
  bool better_beyond_doubt() const { return against_best.chance() < 0.025; }
};

struct Ensembles {
  std::vector<EnsembleProfile> found;  // by ascending cost; empty where nothing was graded
  std::size_t fitting = 0;             // items that every variant answered, of either half
  std::size_t held_out = 0;
  CorePrice price;
};

// From the answers in the profile's folder. Errors: an answers file cannot be read.
Result<Ensembles> find_ensembles(const Profile& profile, const Catalog& catalog,
                                 const LabelledSet& set, const std::string& folder,
                                 const CorePrice& price);

// Each found set, in the catalog or not.
std::string ensembles_csv(const Ensembles& ensembles, const Profile& profile,
                          const Catalog& catalog);
// ensemble,member,class,weight: of the class-weighted sets in the catalog.
std::string ensemble_weights_csv(const Ensembles& ensembles, const Profile& profile,
                                 const Catalog& catalog);
// The section of the catalog; empty where no set is better beyond doubt.
std::string ensembles_yaml(const Ensembles& ensembles, const Profile& profile,
                           const Catalog& catalog);
// For people: a table and a sentence; empty where nothing was graded.
std::string ensembles_text(const Ensembles& ensembles, const Profile& profile,
                           const Catalog& catalog);

}  // namespace paragon::profile
