namespace Spool;

// What the log of the program gets of a write that failed.
sealed partial class RolloutRecorder
{
    void Note(WriteFault fault)
    {
        var threadId = _queue.ThreadId;
        switch (fault.End)
        {
            case null:
                LocalLog.WriteRefused(_log, threadId, fault.Error.Code, fault.Error.Message);
                break;
            case { Code: ThreadStoreErrorCode.WriterLost } lost:
                LocalLog.WriterLost(_log, threadId, lost.Message);
                break;
            case var end:
                LocalLog.WriterFailed(_log, threadId, end.Code, end.Message);
                break;
        }
    }
}
