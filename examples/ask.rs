use futures::TryStreamExt;
#[tokio::main]
async fn main() {
    let args: Vec<String> = std::env::args().collect();
    let e =
        jqlx::Engine::open(&args[1], jqlx::Options { now: Some("2026-06-15T12:00:00Z".parse().unwrap()), ..Default::default() })
            .await;
    let e = match e {
        Ok(e) => e,
        Err(e) => {
            println!("{:#?}", e.diagnostics());
            return;
        }
    };
    for q in &args[2..] {
        println!("== {q}");
        let q = match e.compile(q, &Default::default()).await {
            Ok(q) => q,
            Err(e) => {
                println!("{:#?}", e.diagnostics());
                continue;
            }
        };
        let x = q.explain().await.unwrap();
        println!("{}", x.words);
        if std::env::var("X").is_ok() {
            println!("{}\n{}", x.logical, x.physical);
        }
        let mut rows = q.run().await.unwrap();
        let mut n = Vec::new();
        loop {
            match rows.try_next().await {
                Ok(Some(b)) => n.push(b),
                Ok(None) => break,
                Err(e) => {
                    println!("{:#?}", e);
                    break;
                }
            }
        }
        println!("{:?}", rows.statistics());
        if let Some(b) = n.first() {
            println!("{}", datafusion::arrow::util::pretty::pretty_format_batches(&[b.slice(0, b.num_rows().min(3))]).unwrap());
        }
    }
}
