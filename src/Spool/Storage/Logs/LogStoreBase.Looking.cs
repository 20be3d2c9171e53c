namespace Spool.Storage;

public abstract partial class LogStoreBase
{
    // Takes in what became of all logs since they were looked at last.
    async ValueTask LookAsync(CancellationToken cancellationToken)
    {
        await _home.Looking.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            var listed = new Dictionary<ThreadId, long>();
            await foreach (var (log, lines) in ListLogsAsync(cancellationToken).ConfigureAwait(false))
                listed[log] = lines;
            HashSet<ThreadId> changed;
            lock (_home.Sync)
            {
                changed =
                [
                    .. listed.Where(log => _home.FindLog(log.Key)?.Lines != log.Value).Select(log => ThreadOf(log.Key)),
                    .. _home.Logs.Where(log => !listed.ContainsKey(log.Id)).Select(log => ThreadOf(log.Id)),
                ];
            }
            foreach (var thread in changed)
            {
                using var entered = await _home.EnterAsync(thread, cancellationToken).ConfigureAwait(false);
                await RefreshAsync(entered.Thread, cancellationToken).ConfigureAwait(false);
            }
            _home.IsLoaded = true;
        }
        finally
        {
            _home.Looking.Release();
        }
    }

    ThreadId ThreadOf(ThreadId log) => _home.FindLog(log)?.Note.Continues is { } thread && _home.Find(thread) is not null ? thread : log;

    // Takes in what became of one thread, and of the logs that it continues.
    async ValueTask RefreshAsync(ThreadId threadId, CancellationToken cancellationToken)
    {
        if (!_home.IsLoaded)
            await LookAsync(cancellationToken).ConfigureAwait(false);
        bool isKnown,
            isWritten;
        lock (_home.Sync)
        {
            var thread = _home.Find(threadId);
            (isKnown, isWritten) = (thread is not null, thread?.Writer is not null);
        }
        if (!isKnown && await CountLinesAsync(threadId, cancellationToken).ConfigureAwait(false) == 0)
            return;
        if (!isWritten)
        {
            using var entered = await _home.EnterAsync(threadId, cancellationToken).ConfigureAwait(false);
            await RefreshAsync(entered.Thread, cancellationToken).ConfigureAwait(false);
        }
    }

    // The caller holds the gate of the thread. What has a writer here is known already.
    async ValueTask RefreshAsync(KnownThread thread, CancellationToken cancellationToken)
    {
        KnownLog? log;
        lock (_home.Sync)
        {
            if (thread.Writer is not null)
                return;
            log = thread.IsStored ? thread.Log : null;
        }
        if (log is not null)
        {
            var lines = await CountLinesAsync(log.Id, cancellationToken).ConfigureAwait(false);
            if (lines == log.Lines || lines > log.Lines && await TakeTailAsync(log, cancellationToken).ConfigureAwait(false))
                return;
        }
        await LoadAsync(thread, cancellationToken).ConfigureAwait(false);
    }

    // False when the thread goes on in another log.
    async ValueTask<bool> TakeTailAsync(KnownLog log, CancellationToken cancellationToken)
    {
        var tail = new List<ReadOnlyMemory<byte>>();
        await foreach (var line in ReadLinesAsync(log.Id, log.Lines, cancellationToken).ConfigureAwait(false))
            tail.Add(line);
        lock (_home.Sync)
        {
            foreach (var line in tail)
                log.Take(line);
            return log.Note.GoesOnIn is null;
        }
    }

    // Reads all logs of a thread and keeps what they say; forgets the thread when there is none.
    async ValueTask LoadAsync(KnownThread thread, CancellationToken cancellationToken)
    {
        var logs = new List<KnownLog>();
        for (ThreadId? next = thread.Id; next is { } id && logs.All(log => log.Id != id); next = logs[^1].Note.GoesOnIn)
        {
            var log = new KnownLog(id);
            await foreach (var line in ReadLinesAsync(id, 0, cancellationToken).ConfigureAwait(false))
                log.Take(line);
            if (log.Lines == 0)
                break;
            logs.Add(log);
        }
        lock (_home.Sync)
        {
            _home.Remove(thread.Id);
            foreach (var old in thread.Logs)
                _home.Remove(old.Id);
            foreach (var log in logs)
                _home.Add(log);
            // A log that is a later part of another thread is no thread.
            thread.Logs = logs is [{ Note.Continues: not null }, ..] ? [] : logs;
        }
    }
}
