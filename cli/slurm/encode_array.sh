#!/usr/bin/env bash
# One run of `corticast encode` as a Slurm job array that outlives preemption and time limits.
# Copy this file, change the resources below to what your cluster has, and submit it with the arguments
# that encode takes; {shard} in the output's name keeps the tasks apart:
#
#     job=$(sbatch --parsable encode_array.sh photos/ -m mosaic.corticast -o 'part-{shard}.h5')
#     sbatch --dependency=afterany:$job --wrap 'corticast merge part-*.h5 -o responses.h5'
#
# Two minutes before a task's time is up, Slurm sends USR1; corticast finishes the batch in flight and
# exits 75, and the task queues again and goes on from there. A task that was preempted or whose node
# died is queued again by Slurm itself. To make up for tasks that failed, submit the same array again,
# whole: finished shards end at once. (A part of it, --array=5, would call itself the only shard.)
# The merge refuses to begin while a row is missing, and names the shard.
#
#SBATCH --job-name=corticast
#SBATCH --array=0-7
#SBATCH --cpus-per-task=8
#SBATCH --mem=8G
#SBATCH --time=04:00:00
#SBATCH --requeue
#SBATCH --signal=B:USR1@120
#SBATCH --open-mode=append
#SBATCH --output=corticast-%A_%a.log
# For GPUs, one for each task, without the first #:
##SBATCH --gpus-per-task=1
set -u

# Slurm signals this shell, and a shell with a child in the foreground sleeps through that.
signalled=0
pass_on() {
  signalled=1
  kill -s "$1" "$child" 2>/dev/null
}
trap 'pass_on USR1' USR1
trap 'pass_on TERM' TERM

"${CORTICAST:-corticast}" encode "$@" --shard auto &
child=$!
wait "$child"
code=$?
while [ "$code" -gt 128 ] && [ "$signalled" -eq 1 ]; do # the signal ended the wait, not the program
  signalled=0
  wait "$child"
  code=$?
done

if [ "$code" -eq 75 ]; then
  # Not $SLURM_JOB_ID: that of one task is the number of the whole array.
  scontrol requeue "${SLURM_ARRAY_JOB_ID}_${SLURM_ARRAY_TASK_ID}"
fi
exit "$code"
