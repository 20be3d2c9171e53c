namespace Spool.Remote;

/// <summary>An append that is not acknowledged yet. Without items it is a barrier.</summary>
sealed class AppendOperation : WriterOperation
{
    readonly TaskCompletionSource<AppendReceipt> _receipt = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public AppendOperation(AppendItems request, long calledAt)
        : base(calledAt)
    {
        Request = request;
        foreach (var item in request.Items)
            Bytes += RolloutLine.MaxLength(item);
    }

    public AppendItems Request { get; }

    public int Count => Request.Items.Count;

    public long Bytes { get; }

    /// <summary>Gets or sets the ordinal that the first item has to get.</summary>
    public long FirstOrdinal { get; set; }

    /// <summary>Gets or sets the first ordinal of an earlier append with the same batch id; then this one adds nothing.</summary>
    public long? RepeatedFrom { get; set; }

    /// <summary>Gets whether it may travel in one message with others: its ordinals follow from those before it, and it has no id of its own.</summary>
    public bool CanBeGathered => Request.ExpectedOrdinal is null && Request.BatchId is null;

#pragma warning disable VSTHRD003 // the answer is the pump's work, which never waits for a caller
    public Task<AppendReceipt> Receipt => _receipt.Task;
#pragma warning restore VSTHRD003

    public void Acknowledge(AppendReceipt receipt) => _receipt.TrySetResult(receipt);

    public override void Fail(Exception error) => _receipt.TrySetException(error);

    public override void Cancel(CancellationToken cancellationToken) => _receipt.TrySetCanceled(cancellationToken);
}
