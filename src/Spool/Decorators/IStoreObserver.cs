namespace Spool;

/// <summary>Hears of the calls of an <see cref="ObservedThreadStore"/>: for a log, for metrics, for traces.</summary>
/// <remarks>Calls come from many threads at once, and each waits for the observer: it must be quick and must not fail. What threads say is
/// never reported.</remarks>
public interface IStoreObserver
{
    /// <summary>A call begins. What is set up here, such as an activity, holds for the call.</summary>
    /// <param name="observed">The call; it is the same object at the end.</param>
    void OnBegun(StoreCall observed);

    /// <summary>A call has ended, however it did.</summary>
    /// <param name="observed">The call, with what became of it.</param>
    void OnEnded(StoreCall observed);
}
