#!/usr/bin/env bash
# Runs cli/slurm/encode_array.sh under a Slurm of its own, on this machine: an array of four, two tasks of
# which are told to stop in the middle, queue again and go on; then merges the shards and compares with
# the run that was neither split nor stopped. Takes half a minute. Needs Debian's slurmctld, slurmd and
# slurm-client (third_party/setup.sh slurm); configuration, logs and jobs are in a folder that is removed
# at the end, and its daemons with it.
# Usage: check.sh CORTICAST CORTICAST-WEIGHTS CORTICAST_SAME_OUTPUTS PHOTOGRAPHS
set -euo pipefail
corticast=$(realpath "$1")
weights=$(realpath "$2")
compare=$(realpath "$3")
photographs=$(realpath "$4")
script=$(realpath "$(dirname "$0")/../../cli/slurm/encode_array.sh")

for program in slurmctld slurmd sbatch squeue scancel scontrol; do
  command -v "$program" >/dev/null || {
    echo "not run: there is no $program here (third_party/setup.sh slurm)"
    exit 0
  }
done

folder=$(mktemp -d)
stop() {
  local code=$? file
  for file in "$folder"/slurmctld.pid "$folder"/slurmd.pid; do
    [ -s "$file" ] && kill "$(cat "$file")" 2>/dev/null
  done
  # Logs say why it failed.
  if [ "$code" -ne 0 ]; then tail -n 20 "$folder"/*.log "$folder"/jobs/*.log >&2 || true; fi
  # The controller still writes its state when it is told to end.
  for _ in $(seq 20); do
    rm -rf "$folder" 2>/dev/null && break
    sleep 0.5
  done
  exit "$code"
}
trap stop EXIT
fail() {
  echo "FAILED: $*" >&2
  exit 1
}

# Two ports that nobody listens on.
read -r controller node < <(python3 -c '
import socket
sockets = [socket.socket(), socket.socket()]
for s in sockets: s.bind(("127.0.0.1", 0))
print(*(s.getsockname()[1] for s in sockets))')
host=$(hostname -s)
user=$(id -un)
mkdir "$folder/state" "$folder/spool" "$folder/jobs"
cat >"$folder/slurm.conf" <<EOF
ClusterName=corticast
SlurmctldHost=$host(127.0.0.1)
SlurmctldPort=$controller
SlurmdPort=$node
SlurmUser=$user
SlurmdUser=$user
AuthType=auth/none
CredType=cred/none
# How long a job that was queued again waits; a cluster's 2 minutes are too long here.
AuthInfo=cred_expire=5
MailProg=/bin/true
StateSaveLocation=$folder/state
SlurmdSpoolDir=$folder/spool
SlurmctldPidFile=$folder/slurmctld.pid
SlurmdPidFile=$folder/slurmd.pid
SlurmctldLogFile=$folder/slurmctld.log
SlurmdLogFile=$folder/slurmd.log
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
SelectType=select/cons_tres
SelectTypeParameters=CR_Core
SchedulerParameters=sched_interval=1,bf_interval=1
ReturnToService=2
SlurmdParameters=config_overrides
NodeName=$host NodeAddr=127.0.0.1 CPUs=4 RealMemory=4000
PartitionName=all Nodes=$host Default=YES State=UP
EOF
echo CgroupAutomount=no >"$folder/cgroup.conf"
export SLURM_CONF="$folder/slurm.conf" CORTICAST_CACHE="$folder/cache" CORTICAST="$corticast"
slurmctld -c -f "$SLURM_CONF"
slurmd -f "$SLURM_CONF"
for _ in $(seq 50); do
  sinfo -h -o %T 2>/dev/null | grep -q idle && break
  sleep 0.2
done
sinfo -h -o %T | grep -q idle || fail "the node of the Slurm of this check is not ready"

cd "$folder/jobs"
"$weights" synth -o model --features 1 --vertices visual --subjects NSD-01 --seed 6 >/dev/null
for _ in $(seq 20); do find "$photographs" -name '*.png' -o -name '*.jpg' | sort; done >list
"$corticast" encode @list -m model -o whole.h5 --threads 1 --batch 4 >/dev/null 2>whole.log ||
  [ $? -eq 4 ] || fail "the run in one piece"

job=$(sbatch --parsable --array=0-3 --cpus-per-task=1 --mem=500 --output='task-%a.log' \
  "$script" @list -m model -o 'part-{shard}.h5' --threads 1 --batch 4)
merge=$(sbatch --parsable --dependency="afterany:$job" --mem=500 --output=merge.log \
  --wrap "'$corticast' merge part-*.h5 -o merged.h5")
# Middle of the run: rows are being written.
for shard in 0 1; do
  for _ in $(seq 100); do
    [ -s "part-$shard-of-4.h5.part" ] && break
    sleep 0.1
  done
done
sleep 0.3
scancel --signal=USR1 --batch "${job}_0"
scancel --signal=USR1 --batch "${job}_1"
for _ in $(seq 240); do
  [ -z "$(squeue -h)" ] && break
  sleep 0.5
done
[ -z "$(squeue -h)" ] || fail "the jobs did not end: $(squeue)"

for task in 0 1; do
  grep -q "stopped on request" "task-$task.log" || fail "task $task was not stopped in the middle"
  grep -q "going on from" "task-$task.log" || fail "task $task did not go on from there"
done
scontrol show job "$merge" | grep -q "JobState=COMPLETED" || fail "the merge"
"$compare" whole.h5 merged.h5 || fail "merged.h5 is not whole.h5"
cat task-0.log
echo "4 tasks, 2 of them stopped and resumed: merged equal to the run in one piece"
