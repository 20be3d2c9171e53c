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
            List<ThreadId> unknown,
                changed;
            lock (_home.Sync)
            {
                unknown = [.. listed.Keys.Where(log => _home.FindLog(log) is null)];
                changed =
                [
                    .. listed.Where(log => _home.FindLog(log.Key) is { } known && known.Lines != log.Value).Select(log => log.Key),
                    .. _home.Logs.Where(log => !listed.ContainsKey(log.Id)).Select(log => log.Id),
                ];
            }
            // Whether a log is the first of a thread, or a later part of one, is known when it has been read.
            foreach (var log in unknown)
            {
                using var entered = await _home.EnterAsync(log, cancellationToken).ConfigureAwait(false);
                await RefreshAsync(entered.Thread, cancellationToken).ConfigureAwait(false);
            }
            List<IGrouping<ThreadId, ThreadId>> threads;
            lock (_home.Sync)
            {
                changed.AddRange(unknown.Where(log => _home.ThreadOf(log) != log));
                threads = [.. changed.GroupBy(_home.ThreadOf)];
            }
            foreach (var logs in threads)
            {
                using var entered = await _home.EnterAsync(logs.Key, cancellationToken).ConfigureAwait(false);
                await RefreshAsync(entered.Thread, cancellationToken).ConfigureAwait(false);
                foreach (var log in logs)
                    await RefreshLeftAsync(entered.Thread, log, listed.GetValueOrDefault(log), cancellationToken).ConfigureAwait(false);
            }
            foreach (var thread in unknown.Concat(threads.Select(logs => logs.Key)))
                await RefreshBaseAsync(thread, cancellationToken).ConfigureAwait(false);
            _home.IsLoaded = true;
        }
        finally
        {
            _home.Looking.Release();
        }
    }

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
        await RefreshBaseAsync(threadId, cancellationToken).ConfigureAwait(false);
    }

    // For changes: the gate of the thread, of which everything is known then.
    async ValueTask<LogHome.Entered> EnterRefreshedAsync(ThreadId threadId, CancellationToken cancellationToken)
    {
        if (!_home.IsLoaded)
            await LookAsync(cancellationToken).ConfigureAwait(false);
        for (var isFirst = true; ; isFirst = false)
        {
            var entered = await _home.EnterAsync(threadId, cancellationToken).ConfigureAwait(false);
            var isReady = false;
            try
            {
                await RefreshAsync(entered.Thread, cancellationToken).ConfigureAwait(false);
                lock (_home.Sync)
                    isReady = !isFirst || !_home.IsCut(entered.Thread);
                if (isReady)
                    return entered;
            }
            finally
            {
                if (!isReady)
                    entered.Dispose();
            }
            await RefreshBaseAsync(threadId, cancellationToken).ConfigureAwait(false); // with no gate held, for it takes others
        }
    }

    // Takes in what became of the logs that a thread continues, when they are not known as far as it continues them: what is known is
    // never changed. The caller holds no gate.
    async ValueTask RefreshBaseAsync(ThreadId threadId, CancellationToken cancellationToken)
    {
        KnownLog? log;
        lock (_home.Sync)
            log = _home.Find(threadId) is { } thread && _home.IsCut(thread) ? thread.Log : null;
        for (var seen = new HashSet<ThreadId>(); log?.Facts.HistoryBase is { RolloutId: var id } && seen.Add(id); )
        {
            ThreadId owner;
            lock (_home.Sync)
                owner = _home.ThreadOf(id);
            using (var entered = await _home.EnterAsync(owner, cancellationToken).ConfigureAwait(false))
            {
                await EndLateWriterAsync(entered.Thread, cancellationToken).ConfigureAwait(false);
                await RefreshAsync(entered.Thread, cancellationToken).ConfigureAwait(false);
            }
            lock (_home.Sync)
                log = _home.FindLog(id);
        }
    }

    // A writer whose thread another process went on with has lost the right to write, whether it has noticed or not.
    async ValueTask EndLateWriterAsync(KnownThread thread, CancellationToken cancellationToken)
    {
        if (thread is not { Writer: { } writer, Logs: var logs })
            return;
        var lines = await CountLinesAsync(logs.Count > 0 ? logs[^1].Id : thread.Id, cancellationToken).ConfigureAwait(false);
        if (lines != (logs.Count > 0 ? logs[^1].Lines : 0))
        {
            lock (_home.Sync)
                writer.Lose();
        }
    }

    // The caller holds the gate of the thread. What has a writer here is known already.
    async ValueTask RefreshAsync(KnownThread thread, CancellationToken cancellationToken)
    {
        IReadOnlyList<KnownLog> logs;
        lock (_home.Sync)
        {
            if (thread.Writer is not null || _home.ThreadOf(thread.Id) != thread.Id)
                return;
            logs = thread.Logs;
        }
        // The first log makes the thread, and only the last one grows.
        if (logs.Count > 1 && await CountLinesAsync(thread.Id, cancellationToken).ConfigureAwait(false) != logs[0].Lines)
            logs = [];
        if (logs.Count > 0)
        {
            var last = logs[^1];
            var lines = await CountLinesAsync(last.Id, cancellationToken).ConfigureAwait(false);
            // A thread that was deleted and made again may be as long as it was.
            if (lines < last.Lines || !await IsSameLifeAsync(last, cancellationToken).ConfigureAwait(false))
                logs = [];
            else if (lines == last.Lines || await TakeTailAsync(last, cancellationToken).ConfigureAwait(false))
                return;
        }
        await LoadAsync(thread, logs, cancellationToken).ConfigureAwait(false);
    }

    // The first item of a log says when the thread was made.
    async ValueTask<bool> IsSameLifeAsync(KnownLog log, CancellationToken cancellationToken)
    {
        if (!HasOtherProcesses || log.FirstLine is not { } known)
            return true;
        await foreach (var line in ReadLinesAsync(log.Id, log.LineOf(0), cancellationToken).ConfigureAwait(false))
            return line.Span.SequenceEqual(known.Span);
        return false;
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

    // Reads the logs of a thread, but for those that are known, and keeps what they say; forgets the thread when there is none. A log is
    // replaced under the gate of its thread only, together with the list of the thread's logs.
    async ValueTask LoadAsync(KnownThread thread, IReadOnlyList<KnownLog> known, CancellationToken cancellationToken)
    {
        var logs = new List<KnownLog>();
        for (ThreadId? next = thread.Id; next is { } id && logs.All(log => log.Id != id); next = logs[^1].Note.GoesOnIn)
        {
            var log =
                known.FirstOrDefault(log => log.Id == id) ?? await ReadLogAsync(id, thread.Id, cancellationToken).ConfigureAwait(false);
            if (log.Lines == 0)
                break;
            logs.Add(log);
            if (log.Thread != thread.Id)
                break; // a later part of another thread is no thread
        }
        lock (_home.Sync)
        {
            foreach (var old in thread.Logs)
                _home.Remove(old.Id);
            if (logs is [var first, ..] && first.Thread != thread.Id)
            {
                if (_home.FindLog(first.Id) is null)
                    _home.Add(first);
                logs = [];
            }
            foreach (var log in logs)
                _home.Add(log);
            thread.Logs = logs;
        }
    }

    // What a revert or a deletion that ended in the middle left: it is known, so that it can be removed. The caller holds the gate.
    async ValueTask RefreshLeftAsync(KnownThread thread, ThreadId log, long lines, CancellationToken cancellationToken)
    {
        lock (_home.Sync)
        {
            if (_home.FindLog(log) is not { } known || known.Lines == lines || thread.Logs.Contains(known))
                return;
        }
        var left = await ReadLogAsync(log, thread.Id, cancellationToken).ConfigureAwait(false);
        lock (_home.Sync)
        {
            if (left.Lines > 0)
                _home.Add(left);
            else
                _home.Remove(log);
        }
    }

    async ValueTask<KnownLog> ReadLogAsync(ThreadId id, ThreadId thread, CancellationToken cancellationToken)
    {
        var log = new KnownLog(id, thread);
        await foreach (var line in ReadLinesAsync(id, 0, cancellationToken).ConfigureAwait(false))
            log.Take(line);
        return log;
    }
}
