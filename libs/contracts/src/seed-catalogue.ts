import type { Product } from './product.js';

/** A product that a fresh shop sells, and how much of it a fresh warehouse holds. */
export interface SeedProduct extends Product {
  readonly stock: number;
}

/**
 * What Order's catalogue and Inventory's stock begin with: one list, so that every product on sale has stock. A few are
 * scarce, so that a rejection can be tried without ordering by the thousand.
 */
export const seedCatalogue: readonly SeedProduct[] = [
  // Coffee and tea
  seed('COF-ESPRESSO-250', 'Espresso beans, dark roast, 250 g', 849, 8_000),
  seed('COF-ESPRESSO-1000', 'Espresso beans, dark roast, 1 kg', 2_890, 4_000),
  seed('COF-FILTER-250', 'Filter coffee, Ethiopia Yirgacheffe, 250 g', 1_050, 6_000),
  seed('COF-DECAF-250', 'Decaffeinated coffee, Swiss water process, 250 g', 990, 3_000),
  seed('COF-GRINDER-H1', 'Hand grinder with ceramic burrs', 4_990, 1_500),
  seed('COF-MOKA-6', 'Moka pot for six cups, aluminium', 3_290, 2_000),
  seed('COF-DRIPPER-02', 'Porcelain dripper, size 2', 1_890, 2_500),
  seed('COF-PAPER-100', 'Filter papers, unbleached, 100 sheets', 449, 10_000),
  seed('COF-KETTLE-09', 'Gooseneck kettle, 0.9 l, steel', 5_490, 1_200),
  seed('COF-SCALE-2K', 'Coffee scale with timer, 2 kg', 3_950, 1_000),
  seed('TEA-ASSAM-100', 'Assam black tea, loose leaf, 100 g', 790, 5_000),
  seed('TEA-SENCHA-100', 'Sencha green tea, loose leaf, 100 g', 1_190, 4_000),
  seed('TEA-ROOIBOS-100', 'Rooibos, loose leaf, 100 g', 590, 5_000),
  seed('TEA-EARLGREY-100', 'Earl Grey with bergamot oil, 100 g', 850, 5_000),
  seed('TEA-POT-10', 'Glass teapot with strainer, 1 l', 2_790, 1_800),
  seed('TEA-CUP-SET4', 'Tea cups, stoneware, set of four', 3_490, 1_600),
  // Kitchen
  seed('KIT-KNIFE-CHEF20', 'Chef’s knife, 20 cm, forged', 7_990, 1_200),
  seed('KIT-KNIFE-PARE9', 'Paring knife, 9 cm', 1_290, 4_000),
  seed('KIT-KNIFE-BREAD24', 'Bread knife, 24 cm, serrated', 3_490, 2_000),
  seed('KIT-BOARD-OAK', 'Chopping board, oiled oak, 45 × 30 cm', 4_290, 1_500),
  seed('KIT-PAN-28', 'Carbon steel frying pan, 28 cm', 4_990, 1_800),
  seed('KIT-POT-5L', 'Stock pot with lid, 5 l, steel', 5_990, 1_200),
  seed('KIT-CASSEROLE-4L', 'Cast iron casserole, enamelled, 4 l', 12_900, 1_000),
  seed('KIT-WHISK-25', 'Balloon whisk, 25 cm', 990, 6_000),
  seed('KIT-LADLE-30', 'Ladle, 30 cm, steel', 1_090, 5_000),
  seed('KIT-SPATULA-SIL', 'Silicone spatula', 790, 8_000),
  seed('KIT-PEELER-Y', 'Vegetable peeler', 490, 10_000),
  seed('KIT-GRATER-BOX', 'Box grater, four sides', 1_690, 3_000),
  seed('KIT-SCALE-5K', 'Kitchen scale, 5 kg in steps of 1 g', 2_490, 2_500),
  seed('KIT-TIMER-MAG', 'Magnetic kitchen timer', 1_290, 4_000),
  seed('KIT-TOWEL-SET3', 'Linen tea towels, set of three', 1_990, 5_000),
  seed('KIT-JAR-1L', 'Preserving jar with clip, 1 l', 450, 10_000),
  // Stationery
  seed('STA-NOTE-A5-DOT', 'Notebook A5, dotted, 192 pages', 1_450, 9_000),
  seed('STA-NOTE-A4-SQR', 'Notebook A4, squared, 160 pages', 1_690, 6_000),
  seed('STA-PEN-FOUNTAIN-M', 'Fountain pen, medium nib', 2_590, 2_500),
  seed('STA-PEN-GEL-3', 'Gel pens, black, set of three', 599, 10_000),
  seed('STA-INK-BLUE-50', 'Fountain pen ink, royal blue, 50 ml', 890, 4_000),
  seed('STA-PENCIL-HB-12', 'Pencils HB, dozen', 720, 10_000),
  seed('STA-ERASER-2', 'Erasers, pack of two', 199, 10_000),
  seed('STA-RULER-30', 'Steel ruler, 30 cm', 650, 6_000),
  seed('STA-ENVELOPE-C5-50', 'Envelopes C5, recycled paper, 50 pieces', 690, 8_000),
  seed('STA-TAPE-KRAFT', 'Paper packing tape, 50 m', 540, 9_000),
  // Home
  seed('HOM-LAMP-DESK', 'Desk lamp, LED, dimmable', 6_990, 1_200),
  seed('HOM-BULB-E27-8W', 'LED bulb E27, 8 W, warm white', 590, 10_000),
  seed('HOM-CANDLE-BEES', 'Beeswax candle, 18 cm', 990, 5_000),
  seed('HOM-BLANKET-WOOL', 'Wool blanket, 130 × 180 cm', 8_990, 1_000),
  seed('HOM-CUSHION-45', 'Cushion cover, linen, 45 × 45 cm', 2_290, 3_000),
  seed('HOM-VASE-20', 'Glass vase, 20 cm', 2_490, 1_800),
  seed('HOM-CLOCK-WALL', 'Wall clock, silent, 30 cm', 3_990, 1_500),
  seed('HOM-BASKET-SEA', 'Seagrass basket, 35 cm', 2_690, 1_600),
  seed('HOM-SOAP-OLIVE', 'Olive oil soap, 150 g', 490, 9_000),
  seed('HOM-TOWEL-BATH', 'Bath towel, organic cotton, 70 × 140 cm', 2_490, 4_000),
  // Garden
  seed('GAR-TROWEL-ST', 'Hand trowel, stainless steel', 1_590, 3_000),
  seed('GAR-SECATEURS', 'Secateurs, bypass', 3_290, 2_000),
  seed('GAR-GLOVES-M', 'Gardening gloves, size M', 1_290, 4_000),
  seed('GAR-CAN-10', 'Watering can, galvanised, 10 l', 3_490, 1_500),
  seed('GAR-POT-TERRA-20', 'Terracotta pot, 20 cm', 890, 6_000),
  seed('GAR-SEED-BASIL', 'Basil seeds, organic', 290, 10_000),
  seed('GAR-SEED-TOMATO', 'Tomato seeds, old varieties, mixed', 390, 10_000),
  seed('GAR-TWINE-JUTE', 'Jute twine, 100 m', 490, 7_000),
  // Scarce
  seed('LTD-GRINDER-BRASS', 'Hand grinder, brass, numbered edition', 18_900, 25),
  seed('LTD-CASSEROLE-GOLD', 'Cast iron casserole, anniversary colour', 16_900, 10),
  seed('LTD-PEN-URUSHI', 'Fountain pen, urushi lacquer', 42_000, 3),
  seed('LTD-PRINT-ATLAS', 'Letterpress atlas of tea, signed', 9_900, 1),
];

/** @param cents the price of one, in euro cents */
function seed(sku: string, name: string, cents: number, stock: number): SeedProduct {
  return { sku, name, unitPrice: { amount: cents, currency: 'EUR' }, stock };
}
