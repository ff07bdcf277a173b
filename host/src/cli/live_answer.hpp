#pragma once
// An answer on a terminal that is drawn anew when what it tells has changed.
#include "cli/interrupts.hpp"
#include "cli/options.hpp"
#include "podium/front_kit/carry_out.hpp"
#include "podium/front_kit/http_client.hpp"

namespace podium::host::cli {

/// Until Ctrl-C; the last state stays. Throws Refused when the host does not tell what changes.
void follow_answer(const front::CarriedOut&, const Options&, const front::HostAddress&,
                   Interrupts&);

}  // namespace podium::host::cli
