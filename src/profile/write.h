// A profile as files: what a catalog takes, and the tables beside it.
//
// All are text that a person can read and compare line by line: the catalog's order, fixed columns,
// six digits that count.
#pragma once

#include <string>
#include <vector>

#include "catalog/catalog.h"
#include "profile/ensembles.h"
#include "profile/profile.h"
#include "profile/right_size.h"
#include "report/page.h"

namespace paragon::profile {

struct CatalogPlaces {
  std::string folder;  // that catalog.yaml will be in, absolute
  std::string offers;  // a file with offers, absolute; empty: none
};

// One row a variant: the fields of docs/catalog.md, and how they were measured.
std::string profile_csv(const Profile& profile, const Catalog& catalog,
                        const CatalogPlaces& places);
// The tasks, profile.csv as their variants, and the ensembles of them that are worth having.
std::string catalog_yaml(const Profile& profile, const Catalog& catalog,
                         const CatalogPlaces& places, const Ensembles& ensembles);

std::string times_csv(const Profile& profile, const Catalog& catalog);   // each cell
std::string memory_csv(const Profile& profile, const Catalog& catalog);  // each function size
// Each variant on each machine offer of `offers`. Without a bound there is nothing to say.
struct SlotRow {
  VariantId variant;
  const MachineOffer* offer = nullptr;
  Slots slots;
  Dollars million;  // queries, when all slots are taken; 0 without a slot
};
std::vector<SlotRow> slot_rows(const Profile& profile, const Catalog::Parts& offers);
std::string slots_csv(const Profile& profile, const Catalog& catalog, const Catalog::Parts& offers);
std::string checks_csv(const Profile& profile, const Catalog& catalog);

// Of a query, not of the network's run alone: with the handling, stretched to each size's share.
std::vector<SizeTimes> query_sizes(const VariantProfile& v);

// What right-sizing is made of, and how far it is off where it can be checked.
struct RightSizing {
  Crowding crowding;           // fitted to all variants
  std::vector<double> errors;  // of each measured level, ascending
  double median_error() const;
};
RightSizing right_sizing(const Profile& profile);
// The variant's own queueing, of the network's run alone; where it was not tried in turn, with the
// crowding of all.
QueueModel queue_model(const Profile& profile, const VariantProfile& v);

// The same as a page with plots. `command` is how to repeat it; it stands at the foot.
HtmlPage profile_page(const Profile& profile, const Catalog& catalog, const Catalog::Parts& offers,
                      const std::string& command);

// For people (one screen wide) and for programs.
std::string profile_text(const Profile& profile, const Catalog& catalog);
std::string profile_json(const Profile& profile, const Ensembles& ensembles,
                         const Catalog& catalog);

}  // namespace paragon::profile
