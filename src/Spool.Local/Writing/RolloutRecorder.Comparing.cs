namespace Spool;

// How an append whose place is taken is compared with what is there.
sealed partial class RolloutRecorder
{
    /// <summary>Says whether the items at an ordinal are the given ones.</summary>
    public async ValueTask<bool> HoldsAsync(long ordinal, IReadOnlyList<NewItem> items, int maxLineBytes)
    {
        for (var attempt = 0; ; attempt++)
        {
            var waiter = new AppendWaiter { Durability = Durability.Flushed };
            RolloutSource? source = null;
            long length = 0,
                next = 0;
            lock (_gate)
            {
                ThrowIfEnded();
                next = _queue.SettledNext;
                if (_state == RecorderState.Deferred)
                {
                    var bytes = _new!.Preview(_queue.WriteBatches, 0);
                    (source, length) = (new MemorySource(bytes), bytes.Length);
                }
                else if (_state == RecorderState.Idle || _state == RecorderState.Writing && (ordinal + items.Count <= next || attempt > 0))
                    (source, length) = (_file!.Source, _settledLength);
                if (source is null && !BarrierInTurn(waiter, Storing.WithItems))
                    continue;
            }
            if (source is not null)
                return Compare(source, length, next);
            await waiter.Task.ConfigureAwait(false);
        }

        bool Compare(RolloutSource source, long length, long next)
        {
            try
            {
                return StoredItems.AreAt(source, length, next, ordinal, items, maxLineBytes);
            }
            catch (ObjectDisposedException) when (Volatile.Read(ref _end) is { } end)
            {
                throw Again(end);
            }
            catch (Exception e) when (DiskErrors.IsFromDisk(e))
            {
                throw DiskErrors.Translate(e);
            }
        }
    }
}
